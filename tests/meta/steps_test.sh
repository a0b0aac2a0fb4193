#!/bin/sh
# steps_test.sh ROOT: what ./lab says of a step that stands on one whose cases do not pass, or that doesn't
# build, and which steps it takes from solutions/.
set -eu
kit=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=''
expect() {  # expect WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || { printf '%s: expected "%s", found "%s"\n' "$1" "$2" "$3"; failed=yes; }
}

root=$work builds=$work
mkdir "$work/student" "$work/labs"
. "$kit/scripts/lab/steps.sh"
build() { :; }
tests() {  # tests N STATUS: a program in place of step N's tests
  printf '#!/bin/sh\n[ "$1" != --if-passed ] || [ %s -eq 0 ] || exit 1\necho "hints: ${LAB_HINTS:-name}"\nexit %s\n' \
    "$2" "$2" >"$work/student/labs_step$1_tests"
  chmod +x "$work/student/labs_step$1_tests"
}
said() { (set +e; unset LAB_HINTS; test_step "$@"; echo "status $?") | tr '\n' '|'; }

tests 0 1; tests 1 0; tests 2 0; tests 3 1
expect 'it passes' 'hints: name|status 0|' "$(said step2)"
expect 'nothing stands below' 'hints: name|status 1|' "$(said step0)"
lines="hints: locate|Step 0, which this one stands on, has cases that do not pass, so no mistake is named: mend them first (./lab step0).|status 1|"
expect 'step 0 fails' "$lines" "$(said step3)"
tests 0 0
expect 'only it fails' 'hints: name|status 1|' "$(said step3)"

. "$kit/scripts/lab/common.sh"
mkdir "$work/labs/step1_x"
echo '  # include "../step0_x/y.cpp"' >"$work/labs/step1_x/z.cpp"
echo '#include "labs/step0_x/y.h"' >"$work/labs/step1_x/z.h"
line="lab: a step may include the kit, contracts and headers of its own folder, not this: labs/step1_x/z.cpp:1:  # include \"../step0_x/y.cpp\"|"
expect 'it includes the code of another step' "$line" "$( (test_step step1 2>&1) | tr '\n' '|')"

said=$(sh "$kit/cmake/explain_link.sh" sh -c 'echo "x.cpp: undefined reference to \`lab::rms_norm(lab::BasicView<float>)"; exit 1' 2>&1) &&
  expect 'a link that fails' 'fails' 'passes'
expect 'what a contract declares and nobody defines' 'void rms_norm(View out, ConstView x, ConstView weight, float eps);' \
  "$(printf '%s\n' "$said" | grep '^void')"

# A folder that can't be written; root may write everywhere, so it is none.
touch "$work/file"
said=$(. "$kit/scripts/lab/build.sh"; builds=$work/file; (lock student) 2>&1) || :
expect 'builds can not be written' "lab: $work/file/student can't be written" "${said%%: take*}"

printf '%s\n' '[1/2] Building x' 'FAILED: a' 'c++ a' 'error one' 'FAILED: b' 'c++ b' 'error one' 'ninja: build stopped' >"$work/log"
. "$kit/scripts/lab/build.sh"
expect 'the same error twice' 'error one' "$(show_build_errors "$work/log" 2>&1)"
echo "ninja: error: unknown target 'x'" >"$work/log"
expect 'an error of ninja itself' "ninja: error: unknown target 'x'" "$(show_build_errors "$work/log" 2>&1)"

parts=$work/parts
mkdir "$parts"
{
  cat "$kit/scripts/lab/build.sh"
  echo 'with_reference() { echo "steps $2"; implementation=mixed; }; build() { :; }'
} >"$parts/build.sh"
mkdir "$work/release"
for program in student/mixed_trace release/mixed_generate release/labs_generate; do
  printf '#!/bin/sh\necho "${0##*/} $*"\n' >"$work/$program"
  chmod +x "$work/$program"
done
. "$kit/scripts/lab/trace.sh"
traced() { (trace "$@") | tr '\n' '|'; }
expect 'all steps are the reference' 'steps 0,1,2,3|mixed_trace --model M --html F|' "$(traced --with-reference --model M --html F)"
expect 'and nothing follows' 'steps 0,1,2,3|mixed_trace --model M|' "$(traced --model M --with-reference)"
expect 'some steps are the reference' 'steps 0,1|mixed_trace --model M|' "$(traced --with-reference 0,1 --model M)"
. "$kit/scripts/lab/generate.sh"
generated() { (. "$parts/build.sh"; generate "$@") | tr '\n' '|'; }
expect 'generate on them too' 'steps 0,2|mixed_generate --prompt P --model M|' "$(generated --prompt P --with-reference=0,2 --model M)"
expect 'generate without a prompt' 'labs_generate --prompt Once upon a time --model M|' "$(generated --model M)"

[ -z "$failed" ]
