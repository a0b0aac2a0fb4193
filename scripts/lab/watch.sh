# Tests again whenever a source file is saved.

watch() {
  . "$parts/build.sh"
  . "$parts/steps.sh"
  if [ $# -gt 1 ] || { [ $# -eq 1 ] && ! is_step "$1"; }; then
    usage "watch takes one step, like step0, or nothing for all; the steps are $steps"
  fi
  watched=${1:-}
  need_configured student
  stamp=$(mktemp "$builds/watch.XXXXXX")  # dated by the same file system, most likely, as what is saved
  trap 'rm -f "$stamp"' EXIT
  trap 'worked; exit 0' INT TERM HUP
  while :; do
    touch "$stamp"  # before testing: what is saved meanwhile is newer
    if [ -t 1 ] && is_terminal; then printf '\033[H\033[2J'; else date '+-- %H:%M:%S'; fi
    (test_watched) || :
    # Looking at some dozens of files costs less than any way of being told.
    until [ -n "$(find "$root/labs" "$root/kit" "$root/testing" "$root/tests" \( -name '*.cpp' -o -name '*.h' \) -newer "$stamp" 2>/dev/null)" ]; do
      working "waiting for a file to be saved; Ctrl-C ends this"
      sleep 0.3
    done
    worked
  done
}

# The step that was asked for; or how far all are, and the first that isn't complete.
test_watched() {
  if [ -n "$watched" ]; then
    test_step "$watched"
    return
  fi
  status
  echo
  for n in $steps; do
    build student "labs_step${n}_tests" 2>/dev/null &&
      "$builds/student/labs_step${n}_tests" --if-passed >/dev/null 2>&1 && continue
    test_step "step$n"
    return
  done
}
