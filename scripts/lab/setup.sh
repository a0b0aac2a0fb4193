# Finds out what is missing by trying it, and installs that with the system's own package manager.

# What we need: a word for it, its package for apt-get, dnf and Homebrew, and what to call it in a message.
needs() {
  cat <<'END'
compiler    g++                             gcc-c++                   -               a C++20 compiler (GCC 11 or Clang 14, or newer)
cmake       cmake                           cmake                     cmake           CMake 3.22 or newer
ninja       ninja-build                     ninja-build               ninja           Ninja or make
git         git                             git                       git             git
pkg-config  pkg-config                      pkgconf-pkg-config        pkg-config      pkg-config
gtest       libgtest-dev,libgmock-dev       gtest-devel,gmock-devel   googletest      GoogleTest with GoogleMock
json        nlohmann-json3-dev              json-devel                nlohmann-json   nlohmann_json
cli11       libcli11-dev                    cli11-devel               cli11           CLI11
fmt         libfmt-dev                      fmt-devel                 fmt             fmt
pcre2       libpcre2-dev                    pcre2-devel               pcre2           PCRE2
gdb         gdb                             gdb                       -               gdb
python      python3-venv                    python3                   python@3.12     Python 3.11 or newer with venv
clang       clang                           clang                     llvm            Clang 14 or newer
seccomp     libseccomp-dev                  libseccomp-devel          -               libseccomp (Linux), for grading
bubblewrap  bubblewrap                      bubblewrap                -               bubblewrap (Linux), for grading
clang-tidy  clang-tidy                      clang-tools-extra         llvm            clang-tidy 14 or newer
END
}

to_build="compiler cmake ninja git pkg-config gtest json cli11 fmt pcre2"
# shellcheck disable=SC2034 # ./lab setup grading
to_grade="$to_build python seccomp bubblewrap"
fetched_if_missing=" gtest json cli11 fmt pcre2 pkg-config "  # by cmake/dependencies.cmake

compiler_works() {
  printf '%s\n' '#include <span>' \
    '#if __cplusplus < 202002L || (defined(__clang__) ? __clang_major__ < 14 : __GNUC__ < 11)' \
    '#error too old' '#endif' | "$@" -std=c++20 -fsyntax-only -x c++ - >/dev/null 2>&1
}

cmake_works() {
  cmake --version 2>/dev/null | awk '/version/ { split($3, v, "."); exit !(v[1] > 3 || v[1] == 3 && v[2] >= 22) }
                                     END { if (NR == 0) exit 1 }'
}

# Sets python to the first interpreter that is new enough.
find_python() {
  for python in python3 python3.14 python3.13 python3.12 python3.11; do
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && return
  done
  return 1
}

is_there() {
  case $1 in
    compiler)
      # shellcheck disable=SC2086 # CXX may hold a compiler with options, as CMake allows
      compiler_works ${CXX:-c++}
      ;;
    cmake) cmake_works ;;
    ninja) have ninja || have make ;;
    gtest) pkg-config --exists gtest gmock 2>/dev/null ;;
    json) pkg-config --exists nlohmann_json 2>/dev/null ;;
    cli11) pkg-config --exists CLI11 2>/dev/null ;;
    fmt) pkg-config --exists fmt 2>/dev/null ;;
    pcre2) pkg-config --exists libpcre2-8 2>/dev/null ;;
    gdb) have gdb || have lldb ;;
    python) find_python ;;
    seccomp) pkg-config --exists libseccomp 2>/dev/null ;;
    bubblewrap) have bwrap ;;
    clang) compiler_works clang++ ;;
    *) have "$1" ;;
  esac
}

# Whether ./lab handout --vendored has put its sources here; with those nothing need be fetched either.
is_vendored() {
  case $1 in
    gtest) library=googletest ;;
    json) library=nlohmann_json ;;
    cli11) library=CLI11 ;;
    git | pkg-config) library=pcre2 ;;
    *) library=$1 ;;
  esac
  [ -d "$root/third_party/$library" ]
}

missing_of() {
  for need in "$@"; do
    is_there "$need" || is_vendored "$need" || printf '%s\n' "$need"
  done
}

# packages COLUMN NEED… / names NEED…: from the table above.
packages() {
  column=$1
  shift
  for need in "$@"; do
    needs | awk -v need="$need" -v column="$column" '$1 == need && $column != "-" { gsub(",", "\n", $column); print $column }'
  done | awk '!seen[$0]++' | tr '\n' ' '
}

names() {
  for need in "$@"; do
    needs | awk -v need="$need" '$1 == need { $1 = $2 = $3 = $4 = ""; sub(/^ */, "  "); print }'
  done
}

# Sets as_root to what runs a command as root ("" for root); fails if nothing does.
may_become_root() {
  as_root=
  [ "$(id -u)" -ne 0 ] || return 0
  as_root=sudo
  have sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }
}

# install_with MANAGER PACKAGE…, quietly; on failure the end of what it said.
install_with() {
  manager=$1
  shift
  say "Installing with $manager (this may take some minutes): $*"
  mkdir -p "$builds"
  log=$builds/setup.log
  plainly='env LC_ALL=C DEBIAN_FRONTEND=noninteractive'  # the words below are English, and nobody is asked
  # shellcheck disable=SC2086
  case $manager in
    apt-get)
      $as_root $plainly apt-get update -q >"$log" 2>&1 &&
        $as_root $plainly apt-get install -qy --no-install-recommends "$@" >>"$log" 2>&1
      ;;
    dnf) $as_root $plainly dnf install -qy "$@" >"$log" 2>&1 ;;
    brew) $plainly brew install --quiet "$@" >"$log" 2>&1 ;;
  esac && return
  if grep -Eqi 'could not resolve|temporary failure|unable to connect|could not connect|failed to fetch|cannot download' "$log"
  then
    say "$manager could not reach its servers: is this machine on the network?"
  else
    tail -n 12 "$log" >&2
  fi
  return 1
}

# setup [NEED…]: installs what is missing of these, or of all that a build needs.
setup() {
  # shellcheck disable=SC2086,SC2046 # lists of words
  {
    [ $# -gt 0 ] || set -- $to_build
    missing=$(missing_of "$@")
    [ -n "$missing" ] || return 0
    say "Missing here:"
    names $missing >&2

    manager='' column=0
    if have apt-get; then manager=apt-get column=2
    elif have dnf; then manager=dnf column=3
    elif have brew; then manager=brew column=4
    fi
    wanted='' tried=''
    [ -z "$manager" ] || wanted=$(packages $column $missing)
    if [ -n "$wanted" ]; then
      if [ "$manager" = brew ] || may_become_root; then
        tried=yes
        install_with $manager $wanted || :
      else
        say "They come with: $manager install $wanted(as root, which this user may not become)"
      fi
    fi
    settle $(missing_of "$@")
  }
}

# What is missing even so: CMake fetches libraries, the rest must come from the person at the keyboard.
settle() {
  needed='' fetched=''
  for need in "$@"; do
    case $fetched_if_missing in
      *" $need "*) fetched="$fetched $need" ;;
      *) needed="$needed $need" ;;
    esac
  done
  # shellcheck disable=SC2086 # lists of words
  if [ -n "$needed" ]; then
    if [ -n "$tried" ]; then
      say "Still missing; please install, then try again:"
      names $needed >&2
    else
      say "Please install these, then try again."
    fi
    case $needed in
      *compiler*)
        [ "$(uname)" != Darwin ] || say "On macOS: xcode-select --install"
        ! have c++ || say "($(c++ --version | head -n 1) is what c++ is now; CXX=… names another)"
        ;;
    esac
    exit 1
  fi
  [ -z "$fetched" ] || say "Not installed, so CMake fetches and builds them (slower):$fetched"
}
