# lab_add_steps(NAME step0=DIR step1=DIR …)
#
# Adds an implementation of the steps under NAME, one folder a step; folders of different origin may be mixed,
# and a folder that several implementations share is compiled once.
#
#   NAME_stepN_tests   step N's tests on this implementation of step N and the steps before it
#   NAME_stepN_worker  the same steps as a worker of the grader's, on Linux
#   NAME_APP           each program of apps/ as soon as the step is there whose contract it needs (lab_add_app)
#   NAME_models_tests  whole models on it, if NAME is solutions
#
# A step is linked with the kit and the steps before it, never with a later one.
function(lab_add_steps name)
  set(libraries "")
  foreach(argument IN LISTS ARGN)
    if(NOT argument MATCHES "^(step[0-9])=(.+)$")
      message(FATAL_ERROR "lab_add_steps: expected stepN=DIR, found ${argument}")
    endif()
    set(step ${CMAKE_MATCH_1})
    cmake_path(ABSOLUTE_PATH CMAKE_MATCH_2 BASE_DIRECTORY ${PROJECT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE dir)
    _lab_step_library(library ${name}_${step} ${dir})
    list(PREPEND libraries ${library})  # later steps first: a static library's users stand before it
    lab_add_step_tests(${name} ${step} "${libraries}")
    if(TARGET lab_worker)
      lab_add_worker(${name}_${step}_worker ${step} "${libraries}")
    endif()
    lab_add_apps(${name} ${step} "${libraries}")
    if(name STREQUAL "solutions")
      lab_add_model_tests(${name} ${step} "${libraries}")
    endif()
  endforeach()
endfunction()

# Sets `result` to the library made of the sources in `dir`, which is `proposed` if there is none yet.
function(_lab_step_library result proposed dir)
  get_property(known GLOBAL PROPERTY "lab_step_library ${dir}")
  if(NOT known)
    file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.cpp)
    if(NOT sources)
      cmake_path(GET dir FILENAME folder)
      message(FATAL_ERROR "${dir} has no .cpp file; the stubs of that step lie in testing/stubs/${folder}")
    endif()
    add_library(${proposed} STATIC ${sources})
    target_link_libraries(${proposed} PRIVATE lab_flags PUBLIC lab_kit)
    lab_use_precompiled_contracts(${proposed})
    cmake_path(RELATIVE_PATH dir BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE shown)
    add_custom_command(TARGET ${proposed} POST_BUILD VERBATIM
      COMMAND sh ${PROJECT_SOURCE_DIR}/cmake/one_definition.sh ${CMAKE_NM} $<TARGET_FILE:${proposed}> ${shown})
    set_property(GLOBAL PROPERTY "lab_step_library ${dir}" ${proposed})
    set(known ${proposed})
  endif()
  set(${result} ${known} PARENT_SCOPE)
endfunction()

# Sets `result` to the libraries of the untouched stubs of all steps before `step`, later steps first.
function(lab_stub_libraries result step)
  set(libraries "")
  foreach(earlier IN LISTS LAB_STEPS)
    if(earlier STREQUAL step)
      break()
    endif()
    _lab_step_library(library stubs_${earlier} ${PROJECT_SOURCE_DIR}/testing/stubs/${LAB_FOLDER_${earlier}})
    list(PREPEND libraries ${library})
  endforeach()
  set(${result} ${libraries} PARENT_SCOPE)
endfunction()
