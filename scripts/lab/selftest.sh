# Everything that must pass on a fresh clone; with --full also what needs more tools and more time.

sample=24  # of the named mutants; --full tries all

selftest() {
  case "$*" in
    '') full='' ;;
    --full) full=yes ;;
    *) usage "selftest takes --full or nothing, not $*" ;;
  esac
  . "$parts/build.sh"
  . "$parts/setup.sh"
  passed=0 failed=0 failed_stages='' start=$(date +%s)

  if [ -z "$full" ]; then
    # shellcheck disable=SC2046,SC2086 # lists of words
    setup $to_build $(have python3 || echo python)
    build_and_test student 'kit|reference|meta'
    try_mutants --sample $sample
  else
    # shellcheck disable=SC2086 # a list of words
    setup $to_build python clang clang-tidy
    . "$parts/python.sh"
    builds=$builds/full  # away from the student's own, which needs no -Werror
    build_and_test student 'kit|reference|meta' -DLAB_WERROR=ON
    try_mutants
    try_mutants kit
    for kind in clang asan release; do
      build_and_test $kind 'kit|reference' -DLAB_WERROR=ON
    done
    if stage 'Python packages' install_python_packages requirements.txt requirements-style.txt; then
      stage style "$root/scripts/check_style.sh" "$builds/clang" || :
      stage 'reference data' "$venv/bin/python" "$root/scripts/regenerate_reference_data.py" --check || :
      stage 'reference tests' test_reference_scripts || :
      stage 'a new step' sh "$root/tests/meta/new_step_test.sh" "$root" || :
    fi
  fi

  say "took $(minutes $(($(date +%s) - start)))"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ -z "$failed_stages" ] || fail "selftest failed in$failed_stages"
}

minutes() { printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); }

# build_and_test PRESET LABELS [CMAKE-ARGUMENT…]
build_and_test() {
  kind=$1 labels=$2
  shift 2
  stage "$kind build" build_all "$kind" "$@" || return 0
  stage "$kind tests" run_tests "$kind" "$labels" || return 0
}

# Those of the tests of the reference data's scripts that need PyTorch; ctest runs the others.
test_reference_scripts() {
  PYTHONPATH=$root/scripts "$venv/bin/python" -B -m unittest discover --start-directory "$root/tests/reference/with_torch"
}

# try_mutants ARGUMENT…: those of mutants.py. Where Python is too old, as in Ubuntu 22.04, it says so.
try_mutants() {
  find_python || { say "mutants $*: left out, for want of Python 3.11"; return; }
  LAB_BUILDS=$builds stage "mutants $*" "$python" "$root/scripts/mutants.py" "$@" || :
}

# stage NAME COMMAND…: runs it apart, says how long it took and, if it failed, what it said; fails if it did.
# It counts as the tests that its last line counts ("12 passed, 0 failed"), otherwise as one; the score of mutants
# is shown as it is.
stage() {
  name=$1
  shift
  printf '  %-16s ' "$name" >&2
  mkdir -p "$builds"
  log=$builds/stage.log begun=$(date +%s)
  if ("$@") >"$log" 2>&1 </dev/null; then verdict=ok; else verdict=FAILED; fi
  took=$(minutes $(($(date +%s) - begun)))

  counts=$(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log")
  case "$counts$verdict" in
    ok) counts='1 0' ;;
    FAILED) counts='0 1' ;;
  esac
  passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
  printf '%-6s %s' "$verdict" "$took" >&2
  [ "$counts" = '1 0' ] || [ "$counts" = '0 1' ] || printf ', %s of %s tests' "${counts% *}" $((${counts% *} + ${counts#* })) >&2
  sed -n '$s/^[0-9]*\/[0-9]* killed.*/, &/p' "$log" | tr -d '\n' >&2
  printf '\n' >&2
  if [ $verdict = FAILED ]; then
    failed_stages="$failed_stages${failed_stages:+,} $name"
    tail -n 200 "$log" >&2
    return 1
  fi
}

# build_all PRESET [CMAKE-ARGUMENT…]
build_all() {
  configure "$@" || return 1
  case $labels in
    *meta*) build "$1" all every_test meta_tests ;;
    *) build "$1" all every_test ;;
  esac
}

# run_tests PRESET LABELS: says only what failed, and how many passed.
run_tests() {
  tests_log=$builds/$1/tests.log
  # As the test preset asan has them; a preset can't be used for a folder other than its own.
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
  code=0
  ctest --test-dir "$builds/$1" -L "$2" --output-on-failure --no-tests=error --parallel "$(processors)" >"$tests_log" 2>&1 || code=1
  # "100% tests passed, 0 tests failed out of 501"; CMake 4 leaves the middle out where nothing failed.
  total=$(sed -n 's/^.*% tests passed.* out of \([0-9]*\)$/\1/p' "$tests_log")
  bad=$(sed -n 's/^.* tests passed, \([0-9]*\) tests failed out of .*$/\1/p' "$tests_log")
  if [ $code -ne 0 ]; then
    grep -Ev '^( *Start +[0-9]+: | *[0-9]+\/[0-9]+ .* Passed )' "$tests_log"
  fi
  [ -z "$total" ] || echo "$((total - ${bad:-0})) passed, ${bad:-0} failed"
  return $code
}
