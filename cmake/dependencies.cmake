# What the system has is used; what it lacks is built from third_party/, where ./lab handout --vendored puts
# sources, or fetched at a pinned version.
include(FetchContent)
set(FETCHCONTENT_QUIET OFF)
set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)  # the options below hold for the fetched projects
set(CMAKE_POLICY_VERSION_MINIMUM 3.5)  # CMake 4 refuses projects that ask for less

set(INSTALL_GTEST OFF)
set(PCRE2_BUILD_PCRE2GREP OFF)
set(PCRE2_BUILD_TESTS OFF)
set(PCRE2_SHOW_REPORT OFF)

# lab_fetch_unless(TARGET NAME VERSION_TAG REPOSITORY): nothing to do if somebody provides the target.
function(lab_fetch_unless target name version_tag repository)
  if(NOT TARGET ${target})
    if(EXISTS ${PROJECT_SOURCE_DIR}/third_party/${name})
      string(TOUPPER ${name} upper_name)
      set(FETCHCONTENT_SOURCE_DIR_${upper_name} ${PROJECT_SOURCE_DIR}/third_party/${name})
      message(STATUS "${name} is not installed; building ${version_tag} from third_party")
    else()
      message(STATUS "${name} is not installed; fetching ${version_tag} from ${repository}")
    endif()
    FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${version_tag} GIT_SHALLOW TRUE)
    FetchContent_MakeAvailable(${name})
  endif()
endfunction()

foreach(package nlohmann_json fmt CLI11 GTest)
  find_package(${package} CONFIG QUIET)
endforeach()
lab_fetch_unless(nlohmann_json::nlohmann_json nlohmann_json v3.11.3 https://github.com/nlohmann/json.git)
lab_fetch_unless(fmt::fmt fmt 11.2.0 https://github.com/fmtlib/fmt.git)
lab_fetch_unless(CLI11::CLI11 CLI11 v2.5.0 https://github.com/CLIUtils/CLI11.git)
lab_fetch_unless(GTest::gmock googletest v1.15.2 https://github.com/google/googletest.git)

# PCRE2 ships no CMake package on every system; pkg-config's file is everywhere.
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PCRE2 QUIET IMPORTED_TARGET libpcre2-8)
endif()
lab_fetch_unless(PkgConfig::PCRE2 pcre2 pcre2-10.44 https://github.com/PCRE2Project/pcre2.git)
if(NOT TARGET PkgConfig::PCRE2)
  add_library(PkgConfig::PCRE2 ALIAS pcre2-8-static)
endif()
