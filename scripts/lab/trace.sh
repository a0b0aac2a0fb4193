# Every intermediate tensor of forward beside transformers'.

# trace [--with-reference [STEPS]] [ARGUMENT…]; the other arguments are the program's own.
trace() {
  . "$parts/build.sh"
  taking_reference student run_trace "$@"
}

run_trace() {
  given_model=''
  for argument in "$@"; do
    case $argument in --model | --model=* | --help | -h) given_model=yes ;; esac
  done
  [ -n "$given_model" ] || set -- --model "$root/reference_data/models/story" "$@"
  build student "${implementation}_trace" || return 1
  code=0
  "$builds/student/${implementation}_trace" "$@" || code=$?
  [ $code -lt 128 ] || say "It crashed. ./lab step2 runs the tests, each case in a process of its own."
  return $code
}
