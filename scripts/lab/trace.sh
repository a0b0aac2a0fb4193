# Every intermediate tensor of forward beside transformers'.

# trace [--with-reference [STEPS]] [ARGUMENT…]; the other arguments are the program's own.
trace() {
  . "$parts/build.sh"
  implementation=labs
  given_model=''
  left=$#
  while [ "$left" -gt 0 ]; do
    argument=$1
    shift
    left=$((left - 1))
    case $argument in
      --with-reference=*)
        with_reference student "${argument#*=}" || return 1
        continue
        ;;
      --with-reference)
        steps=0,1,2,3  # unless some are named
        if [ "$left" -gt 0 ]; then
          case $1 in [0-9]*) steps=$1 && shift && left=$((left - 1)) ;; esac
        fi
        with_reference student "$steps" || return 1
        continue
        ;;
      --model | --model=* | --help | -h) given_model=yes ;;
    esac
    set -- "$@" "$argument"
  done
  [ -n "$given_model" ] || set -- --model "$root/reference_data/models/story" "$@"
  build student "${implementation}_trace" || return 1
  code=0
  "$builds/student/${implementation}_trace" "$@" || code=$?
  [ $code -lt 128 ] || say "It crashed. ./lab step2 runs the tests, each case in a process of its own."
  return $code
}
