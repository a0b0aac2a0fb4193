# Configures a build folder once and builds targets in it, quietly: only what a person must act on is shown.

# configure PRESET [CMAKE-ARGUMENT…], in the folder of the preset's name below $builds.
configure() {
  preset=$1
  shift
  # What an update by the kit from before testing/ leaves undone.
  rmdir "$root/kit/diagnosis" "$root"/tests/stubs/* "$root/tests/stubs" 2>/dev/null || :
  bring_new_stubs
  folder=$builds/$preset
  . "$parts/setup.sh"
  setup
  mkdir -p "$folder"
  set -- -G "$(generator)" "$@"
  # A folder that was copied along with its sources, or made for others or with another generator, is of no use.
  # What was fetched still is.
  if [ -f "$folder/CMakeCache.txt" ] && ! is_usable "$folder"; then
    find "$folder" -mindepth 1 -maxdepth 1 ! -name _deps ! -name .lock -exec rm -rf {} +
  fi
  if ! (cd "$root" && cmake --preset "$preset" -B "$folder" "$@") >"$folder/configure.log" 2>&1; then
    worked
    show_build_errors "$folder/configure.log"
    return 1
  fi
}

# What the presets name, since a small change is built faster with it, or else what every system has.
generator() { if have ninja; then echo Ninja; else echo 'Unix Makefiles'; fi; }

is_configured() {
  { [ -f "$builds/$1/build.ninja" ] || [ -f "$builds/$1/Makefile" ]; } && is_usable "$builds/$1"
}

# is_usable FOLDER: whether it was configured for these sources and with the generator that is there. What was built
# before there was testing/ may be younger than the files that an update has brought since.
is_usable() {
  [ -d "$1/testing" ] || return 1
  for line in "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "CMAKE_GENERATOR:INTERNAL=$(generator)"; do
    grep -qxF "$line" "$1/CMakeCache.txt" 2>/dev/null || return 1
  done
}

# need_configured PRESET: for what builds quietly and goes on if that fails; what no build can do without is told.
need_configured() {
  lock "$1"
  is_configured "$1" || configure "$1" || { unlock "$1"; exit 1; }
  unlock "$1"
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
  if [ $code -ne 0 ]; then
    show_build_errors "$builds/$preset/build.log"
  elif grep -q '/labs/[^ ]*: warning: ' "$builds/$preset/build.log"; then
    tool_output "$builds/$preset/build.log" >&2  # a warning about her own code may tell why a test fails
  fi
  warn_of_edited_contracts
  return $code
}

compile() {
  preset=$1
  shift
  [ $# -gt 0 ] || set -- all
  cmake --build "$builds/$preset" --parallel "$(processors)" --target "$@" >"$builds/$preset/build.log" 2>&1
}

# The compiler's, the linker's and CMake's own words, without those of ninja and make around them, and once if two
# programs fail in the same way.
tool_output() {
  awk '
    function flush() { if (!(block in seen)) printf "%s", block; seen[block]; block = "" }
    command { command = 0; next }                                # follows "FAILED:": the command line
    /^FAILED: / { flush(); command = 1; next }
    /^\[ *[0-9]+(%|\/[0-9]+)\]/ || /^ninja: / || /^g?make(\[[0-9]+\])?: / { next }
    /^-- / || /^(Consolidate compiler|Scanning dependencies|Configuring incomplete)/ { next }
    { block = block $0 "\n" }
    END { flush() }' "$1"
}

show_build_errors() {
  errors=$(tool_output "$1")
  [ -n "$errors" ] || errors=$(tail -n 20 "$1")  # what went wrong was ninja's or make's own
  printf '%s\n' "$errors" >&2
}

# One line for each contract that is no longer what the tests are written for.
warn_of_edited_contracts() {
  list=$root/labs/contracts.sha256
  for header in $(cd "$root/labs" && sed 's/^[^ ]* *//' "$list" | xargs cmake -E sha256sum 2>/dev/null |
    awk 'NR == FNR { sum[$2] = $1; next } { now[$2] = $1 } END { for (name in sum) if (sum[name] != now[name]) print name }' "$list" -); do
    say "labs/$header was edited; the tests are written for the contract as it was handed out"
  done
}

processors() { getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2; }

# Two builds in one folder (./lab watch in another terminal) would write the same files. The lock is a link
# whose target is the process that holds it, so that it is made at once and a dead one is noticed.
lock() {
  { mkdir -p "$builds/$1" && [ -w "$builds/$1" ]; } 2>/dev/null ||
    fail "$builds/$1 can't be written: take a copy of your own, or name another folder for builds, as in LAB_BUILDS=/tmp/builds ./lab …"
  attempts=0
  until ln -s $$ "$builds/$1/.lock" 2>/dev/null; do
    holder=$(readlink "$builds/$1/.lock") || {  # given back meanwhile
      attempts=$((attempts + 1))
      [ $attempts -lt 100 ] || fail "no link can be made in $builds/$1: is the disk full?"
      continue
    }
    if kill -0 "$holder" 2>/dev/null; then
      working "process $holder is building in the same folder"
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
  left_of_list=$2,
  while [ -n "$left_of_list" ]; do
    n=${left_of_list%%,*}
    left_of_list=${left_of_list#*,}
    is_step "step$n" || usage "--with-reference takes steps ($steps) with commas between, like 0,1; found '$2'"
    folder_of "step$n"
    [ -d "$root/solutions/$folder" ] || fail "this copy has no solutions/$folder, so step $n can't be taken from there"
  done
  implementation=mixed
  lock "$1"
  if ! is_configured "$1" || ! grep -q "^LAB_WITH_REFERENCE:[A-Z]*=$2\$" "$builds/$1/CMakeCache.txt"; then
    configure "$1" "-DLAB_WITH_REFERENCE:STRING=$2" || { unlock "$1"; return 1; }
  fi
  unlock "$1"
}

# taking_reference PRESET COMMAND ARGUMENT…: obeys --with-reference [STEPS] wherever it stands, without steps for all
# of them, and calls COMMAND with the other arguments.
taking_reference() {
  reference_preset=$1
  run_with_others=$2
  shift 2
  implementation=labs
  left=$#
  while [ "$left" -gt 0 ]; do
    argument=$1
    shift
    left=$((left - 1))
    case $argument in
      --with-reference=*) with_reference "$reference_preset" "${argument#*=}" || return 1 ;;
      --with-reference)
        wanted=$(echo "$steps" | tr ' ' ,)
        if [ "$left" -gt 0 ]; then
          case $1 in [0-9]*) wanted=$1 && shift && left=$((left - 1)) ;; esac
        fi
        with_reference "$reference_preset" "$wanted" || return 1
        ;;
      *) set -- "$@" "$argument" ;;
    esac
  done
  "$run_with_others" "$@"
}
