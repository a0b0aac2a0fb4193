# Text from a model: the reference solution's, or the student's own.

story=$root/reference_data/models/story

demo() {
  prompt=${*:-Once upon a time}
  [ -d "$root/solutions/step3_generate" ] || { replay; return; }
  . "$parts/setup.sh"
  setup
  [ -x "$builds/release/solutions_generate" ] || say "Building the reference solution (release) …"
  build release solutions_generate
  "$builds/release/solutions_generate" --model "$story" --prompt "$prompt"
}

# A student's copy has no reference solution, but a story that it told.
replay() {
  [ -f "$story/recorded.txt" ] || fail "this copy has no reference solution; ./lab generate runs your own code"
  say "Recorded: the reference solution told this, and this copy is without it. ./lab generate runs your own code."
  cat "$story/recorded.txt"
}

# generate [--with-reference [STEPS]] [ARGUMENT…]; the other arguments are the program's own.
generate() { taking_reference release run_generate "$@"; }

run_generate() {
  given_model='' given_prompt=''
  for argument in "$@"; do
    case $argument in
      --model | --model=*) given_model=yes ;;
      --prompt | --prompt=*) given_prompt=yes ;;
      --help | -h) given_model=yes given_prompt=yes ;;
    esac
  done
  [ -n "$given_model" ] || set -- --model "$story" "$@"
  [ -n "$given_prompt" ] || set -- --prompt 'Once upon a time' "$@"
  build release "${implementation}_generate" || return 1
  code=0
  "$builds/release/${implementation}_generate" "$@" || code=$?
  # The release build checks no index; the tests do.
  [ $code -lt 128 ] || say "It crashed. ./lab step3 runs the tests, which check every index."
  return $code
}
