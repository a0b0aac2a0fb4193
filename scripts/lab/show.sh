# All of one case: what it is for, the call, its inputs, what must come out, and what the student's code gives.

show() {
  . "$parts/build.sh"
  . "$parts/cases.sh"
  find_case show "$@"
  "$builds/student/labs_step${n}_tests" "--show=$1"
}
