#!/bin/sh
# steps_test.sh ROOT: which folders ./lab takes for steps, what it says of a step that stands on one whose cases do not
# pass, or that doesn't build, and which steps it takes from solutions/.
# shellcheck disable=SC2016,SC2317 # programs written here expand their own variables; functions stand in for others
set -eu
kit=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=''
expect() {  # expect WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || { printf '%s: expected "%s", found "%s"\n' "$1" "$2" "$3"; failed=yes; }
}

root=$work builds=$work parts=$kit/scripts/lab
. "$parts/common.sh"
. "$parts/steps.sh"
. "$parts/cases.sh"
mkdir -p "$work/student" "$work/labs/step1_old" "$work/labs/step5_no_description"
add_step() { mkdir -p "$work/labs/$1" "$work/solutions/$1"; echo '{}' >"$work/labs/$1/step.json"; }
for n in 0 1 2 3 4; do add_step "step${n}_x"; done
find_steps
expect 'the folders with a step.json' '0 1 2 3 4' "$steps"
for name in step step5 step7 'step0 1' 0; do
  if is_step "$name"; then expect "$name" 'no step' 'a step'; fi
done
is_step step4 || expect step4 'a step' 'no step'
folder_of step1
expect 'the folder of a step' step1_x "$folder"

# refused STEP SAID: with that folder no command does anything.
refused() {
  add_step "$1"
  expect "$1" "lab: $2" "$( (find_steps) 2>&1)"
  rm -r "$work/labs/$1"
}
for folder in step10_x step5 step5_ step_x steps; do
  refused $folder "labs/$folder: expected stepN_name with N from 0 to 9, since ctest's labels are regular expressions; rename it"
done
refused step4_y 'labs/step4_x and labs/step4_y are both step 4; give one of them another number'

mkdir "$work/scripts"
cp -R "$kit/lab" "$work/"
ln -s "$kit/scripts/lab" "$work/scripts/lab"
expect 'a step that there is not' 'lab: no command is named step7; the steps are 0 1 2 3 4, and ./lab shows all commands' "$("$work/lab" step7 2>&1)"
expect 'in the help' './lab stepN             build and test step N (0 1 2 3 4); one failure of each kind in full' \
  "$("$work/lab" | grep '^\./lab stepN')"
for command in reset watch; do
  case $("$work/lab" $command step7 2>&1) in *', like step0'*'; the steps are 0 1 2 3 4') ;; *) expect "$command step7" refused accepted ;; esac
done

build() { :; }
need_configured() { :; }
tests() {  # tests N STATUS: a program in place of step N's tests
  cat >"$work/student/labs_step$1_tests" <<END
#!/bin/sh
echo "\$1" >>"$work/asked"
case \$1 in
  --if-passed) [ $2 -eq 0 ] || exit 1 ;;
  --status) echo 'status of step $1'; exit ;;
  --gtest_list_tests) printf 'Suite$1.\n  Case\n'; exit ;;
esac
echo "hints: \${LAB_HINTS:-name}"
exit $2
END
  chmod +x "$work/student/labs_step$1_tests"
}
said() { (set +e; unset LAB_HINTS; test_step "$@"; echo "status $?") | tr '\n' '|'; }

tests 0 1; tests 1 0; tests 2 0; tests 3 1; tests 4 1
expect 'it passes' 'hints: name|status 0|' "$(said step2)"
rm "$work/asked"
expect 'nothing stands below' 'hints: name|status 1|' "$(said step0)"
expect 'so its tests run once' --brief "$(cat "$work/asked")"
lines="hints: locate|Step 0, which this one stands on, has cases that do not pass, so no mistake is named: mend them first (./lab step0).|status 1|"
expect 'step 0 fails' "$lines" "$(said step3)"
tests 0 0
expect 'only it fails' 'hints: name|status 1|' "$(said step3)"
lines="hints: locate|Step 3, which this one stands on, has cases that do not pass, so no mistake is named: mend them first (./lab step3).|status 1|"
expect 'step 3 fails below step 4' "$lines" "$(said step4)"
expect 'status' 'status of step 0|status of step 1|status of step 2|status of step 3|status of step 4|' "$(status | tr '\n' '|')"
expect 'the step of a case' 4 "$(find_case show Suite4.Case; echo "$n")"
expect 'no such case' 'lab: no case is named Suite4.Cas; near it: Suite4.Case, Suite3.Case, Suite2.Case, Suite1.Case, Suite0.Case' \
  "$( (find_case show Suite4.Cas) 2>&1)"
expect 'no case' 'lab: show takes one case, like RmsNorm.EpsilonMatters; ./lab stepN names those that fail' \
  "$( (find_case show) 2>&1 | head -n 1)"

foreign='lab: a step may include the kit, contracts and headers of its own folder, not this: '
echo '  # include "../step0_x/y.cpp"' >"$work/labs/step1_x/z.cpp"
echo '#include "labs/step0_x/y.h"' >"$work/labs/step1_x/z.h"
expect 'it includes the code of another step' "${foreign}labs/step1_x/z.cpp:1:  # include \"../step0_x/y.cpp\"|" \
  "$( (test_step step1 2>&1) | tr '\n' '|')"
for file in '"testing/golden/case.h"' '<testing/golden/case.h>' '"../../tests/step0_x_test.cpp"' '"solutions/step0_x/y.h"' '"grading/calls/wire.h"'; do
  echo "#include $file" >"$work/labs/step1_x/z.cpp"
  expect "it includes $file" "${foreign}labs/step1_x/z.cpp:1:#include $file" "$( (test_step step1) 2>&1)"
done
printf '#include %s\n' '"kit/checkpoint/json.h"' '"my_tests/a.h"' '<vector>' >"$work/labs/step1_x/z.cpp"
expect 'it includes the kit' 'hints: name|status 0|' "$(said step1)"

mkdir -p "$work/labs/step1_x/one/two" "$work/labs/step1_x/kit"
for file in one/a.hpp one/two/b.h kit/c.h 'd e.h' 工具.inl table.txt f+g.cpp other.txt README.md; do
  echo >"$work/labs/step1_x/$file"
done
printf '#include "%s"\n' one/a.hpp one/two/b.h kit/c.h 'd e.h' 工具.inl table.txt >"$work/labs/step1_x/z.cpp"
expect 'what grading leaves out' 'f+g.cpp kit/c.h one/two/b.h table.txt' \
  "$( (test_step step1) 2>&1 | sed -n 's|^labs/step1_x/\(.*\) is left out where .*|\1|p' | LC_ALL=C sort | xargs)"

# A step that came with a newer kit.
for folder in step1_x step4_x step5_no_description; do
  mkdir -p "$work/testing/stubs/$folder"
  echo stub >"$work/testing/stubs/$folder/y.cpp"
done
expect 'a step without code' 'new   labs/step4_x, a step that this copy was without, as it is handed out' "$(bring_new_stubs 2>&1)"
expect 'and it is there' stub "$(cat "$work/labs/step4_x/y.cpp")"
expect 'once' '' "$(bring_new_stubs 2>&1)"
if [ -e "$work/labs/step1_x/y.cpp" ]; then expect 'a step with code' untouched changed; fi

said=$(sh "$kit/cmake/explain_link.sh" sh -c 'echo "x.cpp: undefined reference to \`lab::rms_norm(lab::BasicView<float>)"; exit 1' 2>&1) &&
  expect 'a link that fails' 'fails' 'passes'
expect 'what a contract declares and nobody defines' 'void rms_norm(View out, ConstView x, ConstView weight, float eps);' \
  "$(printf '%s\n' "$said" | grep '^void')"

# A folder that can't be written; root may write everywhere, so it is none.
touch "$work/file"
said=$(. "$parts/build.sh"; builds=$work/file; (lock student) 2>&1) || :
expect 'builds can not be written' "lab: $work/file/student can't be written" "${said%%: take*}"

printf '%s\n' '[1/2] Building x' 'FAILED: a' 'c++ a' 'error one' 'FAILED: b' 'c++ b' 'error one' 'ninja: build stopped' >"$work/log"
. "$parts/build.sh"
expect 'the same error twice' 'error one' "$(show_build_errors "$work/log" 2>&1)"
echo "ninja: error: unknown target 'x'" >"$work/log"
expect 'an error of ninja itself' "ninja: error: unknown target 'x'" "$(show_build_errors "$work/log" 2>&1)"

# What is left in a folder for builds: of no use if it is of another place or from before testing/.
mkdir -p "$work/student/testing"
printf '%s\n' "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "CMAKE_GENERATOR:INTERNAL=$(generator)" >"$work/student/CMakeCache.txt"
is_usable "$work/student" || expect 'a build folder' usable 'of no use'
rmdir "$work/student/testing"
if is_usable "$work/student"; then expect 'a build folder from before testing/' 'of no use' usable; fi

rejected() { (configure() { :; }; with_reference student "$1") 2>&1; }
for list in '' 7 0,7 ,0 "0," 0,,1 01 '0 1' '*'; do
  expect "--with-reference '$list'" "lab: --with-reference takes steps (0 1 2 3 4) with commas between, like 0,1; found '$list'" "$(rejected "$list")"
done
expect 'steps that there are' '' "$(rejected 0,4)"
rmdir "$work/solutions/step4_x"
expect 'a copy without that solution' "lab: this copy has no solutions/step4_x, so step 4 can't be taken from there" "$(rejected 0,4)"

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
expect 'all steps are the reference' 'steps 0,1,2,3,4|mixed_trace --model M --html F|' "$(traced --with-reference --model M --html F)"
expect 'and nothing follows' 'steps 0,1,2,3,4|mixed_trace --model M|' "$(traced --model M --with-reference)"
expect 'some steps are the reference' 'steps 0,1|mixed_trace --model M|' "$(traced --with-reference 0,1 --model M)"
. "$kit/scripts/lab/generate.sh"
generated() { (. "$parts/build.sh"; generate "$@") | tr '\n' '|'; }
expect 'generate on them too' 'steps 0,2|mixed_generate --prompt P --model M|' "$(generated --prompt P --with-reference=0,2 --model M)"
expect 'generate without a prompt' 'labs_generate --prompt Once upon a time --model M|' "$(generated --model M)"

[ -z "$failed" ]
