# A contract and what it includes take half of the time in which a step's file compiles. GCC therefore finds each
# contract precompiled, in a folder that the include path names before the contract's own. It uses it where a file
# includes its contract before anything else. Other than with CMake's precompiled headers, which stand in front of
# every file, an #include that is missing stays an error. Clang looks for no such file and compiles as ever.
set(lab_precompiled_contracts "")
set(lab_precompiled_contracts_dir ${PROJECT_BINARY_DIR}/CMakeFiles/lab_precompiled_contracts.dir/contracts)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND NOT CMAKE_CONFIGURATION_TYPES)  # those have a folder for each of them
  add_library(lab_precompiled_contracts OBJECT EXCLUDE_FROM_ALL)
  target_compile_options(lab_precompiled_contracts PRIVATE -x c++-header)
  target_link_libraries(lab_precompiled_contracts PRIVATE lab_flags lab_kit)
  file(STRINGS ${PROJECT_SOURCE_DIR}/labs/contracts.sha256 lines)
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^[0-9a-f]+  " "labs/" contract ${line})
    # Whatever lies in a folder NAME.h.gch is tried as NAME.h precompiled.
    set(source contracts/${contract}.gch/contract.cpp)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/${source} CONTENT "#include \"${contract}\"\n")
    target_sources(lab_precompiled_contracts PRIVATE ${PROJECT_BINARY_DIR}/${source})
    list(APPEND lab_precompiled_contracts ${PROJECT_BINARY_DIR}/CMakeFiles/lab_precompiled_contracts.dir/${source}.o)
  endforeach()
endif()

# The contracts are precompiled before `target`, a library of ours, and it with them.
function(lab_use_precompiled_contracts target)
  if(TARGET lab_precompiled_contracts)
    get_target_property(sources ${target} SOURCES)
    target_include_directories(${target} BEFORE PRIVATE ${lab_precompiled_contracts_dir})
    set_source_files_properties(${sources} PROPERTIES OBJECT_DEPENDS "${lab_precompiled_contracts}")
    add_dependencies(${target} lab_precompiled_contracts)
  endif()
endfunction()
