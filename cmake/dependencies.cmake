# What the system has is used; what it lacks is fetched at a pinned version.
include(FetchContent)
set(FETCHCONTENT_QUIET OFF)

function(lab_dependency package version_tag repository)
  find_package(${package} QUIET)
  if(NOT ${package}_FOUND)
    message(STATUS "${package} is not installed; fetching ${version_tag} from ${repository}")
    FetchContent_Declare(${package} GIT_REPOSITORY ${repository} GIT_TAG ${version_tag} GIT_SHALLOW TRUE)
    FetchContent_MakeAvailable(${package})
  endif()
endfunction()

set(BUILD_GMOCK ON)
set(INSTALL_GTEST OFF)
set(JSON_BuildTests OFF)
set(CLI11_BUILD_TESTS OFF)
set(CLI11_BUILD_EXAMPLES OFF)

lab_dependency(nlohmann_json v3.11.2 https://github.com/nlohmann/json.git)
lab_dependency(fmt 9.1.0 https://github.com/fmtlib/fmt.git)
lab_dependency(CLI11 v2.1.2 https://github.com/CLIUtils/CLI11.git)
lab_dependency(GTest v1.12.1 https://github.com/google/googletest.git)
if(NOT TARGET GTest::gmock)  # fetched, not found: the targets lack the namespace
  add_library(GTest::gtest ALIAS gtest)
  add_library(GTest::gmock ALIAS gmock)
endif()

# PCRE2 ships no CMake package on every system; pkg-config's file is everywhere.
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
