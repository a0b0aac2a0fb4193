# Known mistakes, made in the reference solution one by one: the step's tests must fail and name them.

mutants() {
  . "$parts/setup.sh"
  # shellcheck disable=SC2086 # a list of words
  setup $to_build python
  find_python
  "$python" "$root/scripts/mutants.py" "$@"
}
