# Configures a build folder once and builds targets in it, quietly: only what a person must act on is shown.

# configure PRESET [CMAKE-ARGUMENT…], in the folder of the preset's name below $builds.
configure() {
  preset=$1
  shift
  folder=$builds/$preset
  . "$parts/setup.sh"
  setup
  mkdir -p "$folder"
  # A folder that was copied along with its sources, or made for others, is of no use.
  if [ -f "$folder/CMakeCache.txt" ] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles"
  fi
  if [ ! -f "$folder/CMakeCache.txt" ] && have ninja; then set -- -G Ninja "$@"; fi
  if ! (cd "$root" && cmake --preset "$preset" -B "$folder" "$@") >"$folder/configure.log" 2>&1; then
    worked
    show_build_errors "$folder/configure.log"
    return 1
  fi
}

is_configured() {
  { [ -f "$builds/$1/build.ninja" ] || [ -f "$builds/$1/Makefile" ]; } &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$builds/$1/CMakeCache.txt" 2>/dev/null
}

# build PRESET [TARGET…]: on failure shows the errors and nothing else.
build() {
  preset=$1
  shift
  lock "$preset"
  is_configured "$preset" || configure "$preset" || { unlock "$preset"; return 1; }
  working "building $*"
  code=0
  compile "$preset" "$@" || code=1
  worked
  unlock "$preset"
  [ $code -eq 0 ] || show_build_errors "$builds/$preset/build.log"
  return $code
}

compile() {
  preset=$1
  shift
  [ $# -gt 0 ] || set -- all
  cmake --build "$builds/$preset" --parallel "$(processors)" --target "$@" >"$builds/$preset/build.log" 2>&1
}

# The compiler's, the linker's and CMake's own words, without those of ninja and make around them.
show_build_errors() {
  awk '
    command { command = 0; next }                                # follows "FAILED:": the command line
    /^FAILED: / { command = 1; next }
    /^\[ *[0-9]+(%|\/[0-9]+)\]/ || /^ninja: / || /^g?make(\[[0-9]+\])?: / { next }
    /^-- / || /^(Consolidate compiler|Scanning dependencies|Configuring incomplete)/ { next }
    { print }' "$1" >&2
}

processors() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# Two builds in one folder (./lab watch in another terminal) would write the same files. The lock is a link
# whose target is the process that holds it, so that it is made at once and a dead one is noticed.
lock() {
  mkdir -p "$builds/$1"
  until ln -s $$ "$builds/$1/.lock" 2>/dev/null; do
    holder=$(readlink "$builds/$1/.lock") || continue
    if kill -0 "$holder" 2>/dev/null; then
      working "another ./lab is building"
      sleep 0.2
    else
      rm -f "$builds/$1/.lock"
    fi
  done
}

unlock() { rm -f "$builds/$1/.lock"; }

# with_reference PRESET STEPS: makes `mixed`, those steps from solutions/ and the others from labs/, the
# implementation that is built and run.
with_reference() {
  case $2 in
    '' | *[!0-3,]* | ,* | *, | *,,*) usage "--with-reference takes steps from 0 to 3, like 0,1; found '$2'" ;;
  esac
  [ -d "$root/solutions" ] || fail "this copy has no solutions/, so no step can be taken from there"
  implementation=mixed
  lock "$1"
  if ! is_configured "$1" || ! grep -q "^LAB_WITH_REFERENCE:[A-Z]*=$2\$" "$builds/$1/CMakeCache.txt"; then
    configure "$1" "-DLAB_WITH_REFERENCE:STRING=$2" || { unlock "$1"; return 1; }
  fi
  unlock "$1"
}
