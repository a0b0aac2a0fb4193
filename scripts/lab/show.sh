# All of one case: what it is for, the call, its inputs, what must come out, and what the student's code gives.

show() {
  case $#,${1:-} in
    1,?*) ;;
    *) usage "show takes one case, like RmsNorm.EpsilonMatters; ./lab stepN names those that fail" ;;
  esac
  . "$parts/build.sh"
  . "$parts/cases.sh"
  find_case "$1"
  "$builds/student/labs_step${n}_tests" "--show=$1"
}
