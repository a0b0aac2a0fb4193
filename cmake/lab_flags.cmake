# Flags that everything of ours is compiled with. A target takes them by linking lab_flags.
add_library(lab_flags INTERFACE)
target_include_directories(lab_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(lab_flags INTERFACE -Wall -Wextra -Wshadow)
target_compile_definitions(lab_flags INTERFACE $<$<NOT:$<CONFIG:Release>>:LAB_CHECKED>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # -O1 aligns no loop. Where the linker happens to put the inner one of a product would decide about a quarter of the
  # time that a story takes.
  target_compile_options(lab_flags INTERFACE $<$<NOT:$<CONFIG:Release>>:-falign-loops=32>)
endif()
if(LAB_WERROR)
  target_compile_options(lab_flags INTERFACE -Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 takes `"text" + string` for an overlapping copy when it optimizes (GCC bug 105651).
    target_compile_options(lab_flags INTERFACE -Wno-restrict)
    if(LAB_SANITIZE)
      # It takes members of the standard library's own regular expressions for uninitialized (GCC bug 105562).
      target_compile_options(lab_flags INTERFACE -Wno-maybe-uninitialized)
    endif()
  endif()
endif()
if(CMAKE_SYSTEM_NAME STREQUAL Linux AND NOT LAB_SANITIZE)
  # Debug information stays beside the object files, where gdb finds it: a program of many files links in half the
  # time. A sanitizer's reports would lose their line numbers.
  target_compile_options(lab_flags INTERFACE $<$<NOT:$<CONFIG:Release>>:-gsplit-dwarf>)
endif()
if(LAB_SANITIZE)
  target_compile_options(lab_flags INTERFACE -fsanitize=${LAB_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
  target_link_options(lab_flags INTERFACE -fsanitize=${LAB_SANITIZE})
endif()
