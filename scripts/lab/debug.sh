# One case in the debugger: stopped where the function that it calls begins, and where its check fails.

debug() {
  . "$parts/build.sh"
  . "$parts/cases.sh"
  find_case debug "$@"
  is_there gdb 2>/dev/null || { . "$parts/setup.sh"; setup gdb; }

  program=$builds/student/labs_step${n}_tests
  function=$(function_of "${1%%.*}")
  # An exception ends at once, in a debugger, and a failing check stops there.
  set -- "$program" "--gtest_filter=$1" --gtest_break_on_failure --gtest_catch_exceptions=0
  say "${function:+Stops where $function begins, then }at what is thrown and at the first check that fails: next, print NAME, up, continue, quit."
  if have gdb; then
    exec gdb -q -iex 'set debuginfod enabled off' -iex 'set print elements 32' -x "$root/scripts/gdb_tensor_printers.py" \
      ${function:+-ex "break lab::$function"} -ex 'catch throw' -ex run --args "$@"
  fi
  exec lldb ${function:+-o "breakpoint set --name lab::$function"} -o 'breakpoint set -E c++' -o run -- "$@"
}

# The contract's function that a test suite is named after: RmsNorm is about rms_norm.
function_of() {
  folder_of "step$n"
  cat "$root/labs/$folder"/*.h | sed -n 's/^[A-Za-z].* \([a-z_][a-z0-9_]*\)(.*/\1/p' | awk -v suite="$1" '
    BEGIN { suite = tolower(suite) }
    { plain = $0; gsub("_", "", plain) }
    index(suite, plain) == 1 && length(plain) > length(best) { best = plain; name = $0 }
    END { print name }'
}
