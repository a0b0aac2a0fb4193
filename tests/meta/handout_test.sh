#!/bin/sh
# handout_test.sh ROOT: what ./lab handout leaves out, and what ./lab update touches.
set -eu
kit=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=''
expect() {  # expect WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || { printf '%s: expected "%s", found "%s"\n' "$1" "$2" "$3"; failed=yes; }
}

root=$kit parts=$kit/scripts/lab
. "$parts/common.sh"
. "$parts/handout.sh"
find_steps
through=0
for file in solutions/step1_self_attention/self_attention.cpp misconceptions/step0/gather_out_gaps_ignored.json \
  scripts/reference/operators.py scripts/regenerate_reference_data.py tests/meta/cases_test.cpp grading/calls/wire.cpp \
  tests/attacks/README.md tests/models_test.cpp tests/programs.h .ci/run docs/handout/AGENTS.md reference_data/models/tiny-llama/config.json \
  reference_data/manifest.json; do
  if belongs_to_students "$file"; then expect "$file" 'left out' 'handed out'; fi
done
for file in lab kit/tensor.h kit/tokenizer/bpe.h labs/step0_operators/operators.h labs/step0_operators/step.json \
  testing/diagnosis/naming.cpp testing/stubs/step0_operators/operators.cpp tests/CMakeLists.txt tests/step0_operators_test.cpp \
  solutions/step0_operators/operators.cpp reference_data/step3_misconceptions.safetensors scripts/lab/update.sh; do
  belongs_to_students "$file" || expect "$file" 'handed out' 'left out'
done

# A step that is not there yet.
for file in labs/step9_x/step.json testing/stubs/step9_x/x.cpp tests/step9_x_test.cpp reference_data/step9.safetensors; do
  belongs_to_students "$file" || expect "$file" 'handed out' 'left out'
done
through=8
if belongs_to_students solutions/step9_x/x.cpp; then expect 'the solution of step 9, through 8' 'left out' 'handed out'; fi
through=9
belongs_to_students solutions/step9_x/x.cpp || expect 'the solution of step 9, through 9' 'handed out' 'left out'
expect 'through a step that there is not' "lab: --solutions-through takes one of the steps $steps, not 'x'" \
  "$( (handout "$work/out" --solutions-through x) 2>&1)"

# The story is recorded for a copy that can't tell it.
mkdir -p "$work/told/parts" "$work/told/reference_data/models/story" "$work/told/solutions/step3_generate"
echo >"$work/told/parts/build.sh"
echo "demo() { echo told; }" >"$work/told/parts/generate.sh"
told() { (parts=$work/told/parts new=$work/told && record_story && cd "$new/reference_data/models/story" && cat ./*); }
expect 'a copy with the solution' '' "$(told 2>/dev/null)"
rmdir "$work/told/solutions/step3_generate"
expect 'a copy without the solution' told "$(told)"

# Every file that a student's documents lead to is handed out.
for document in README.md README.zh-CN.md ARCHITECTURE.md $(cd "$kit" && echo labs/step*/README*.md); do
  case $document in
    README.md) text=$(student_readme '') ;;
    README.zh-CN.md) text=$(student_readme .zh-CN) ;;
    *) text=$(cat "$kit/$document") ;;
  esac
  folder=$(dirname "$document")/
  for link in $(printf '%s\n' "$text" | grep -o ']([^)# ]*)' | sed 's/^](//; s/)$//' | grep -v '^https\{0,1\}:'); do
    target=$(printf '%s%s\n' "${folder#./}" "$link")
    { [ -f "$kit/$target" ] && belongs_to_students "$target"; } || expect "$document leads to $target" 'handed out' 'left out'
  done
  for command in $(printf '%s\n' "$text" | grep -o '\./lab [a-z]*' | cut -d ' ' -f 2 | sort -u); do
    case $command in step | demo | generate | status) continue ;; esac
    belongs_to_students "scripts/lab/$command.sh" || expect "$document tells of ./lab $command" 'handed out' 'left out'
  done
done

# copy NAME: a student's copy in small.
copy() {
  mkdir -p "$work/$1/scripts/lab" "$work/$1/kit" "$work/$1/labs/step0_operators"
  cp "$kit/lab" "$work/$1/lab"
  cp "$kit/scripts/lab/common.sh" "$kit/scripts/lab/update.sh" "$work/$1/scripts/lab/"
  for name in same newer lost gone edited both edited_gone; do echo "$name" >"$work/$1/kit/$name.h"; done
  echo stub >"$work/$1/labs/step0_operators/operators.cpp"
}
copy old && list_of_owned_files "$work/old" >"$work/old/handout.sha256"
copy new
for name in newer both added; do echo 2 >>"$work/new/kit/$name.h"; done
rm "$work/new/kit/gone.h" "$work/new/kit/edited_gone.h"
echo 'another stub' >"$work/new/labs/step0_operators/operators.cpp"
list_of_owned_files "$work/new" >"$work/new/handout.sha256"
for name in edited both edited_gone; do echo hers >>"$work/old/kit/$name.h"; done
echo hers >"$work/old/labs/step0_operators/operators.cpp"
rm "$work/old/kit/lost.h"

"$work/old/lab" update "$work/new" 2>"$work/said" || { cat "$work/said"; exit 1; }
contents() { [ ! -e "$work/old/$1" ] || tr '\n' ' ' <"$work/old/$1"; }
expect "her own file" 'hers ' "$(contents labs/step0_operators/operators.cpp)"
expect "changed in the kit" 'newer 2 ' "$(contents kit/newer.h)"
expect "new in the kit" '2 ' "$(contents kit/added.h)"
expect "lost here" 'lost ' "$(contents kit/lost.h)"
expect "gone from the kit" '' "$(contents kit/gone.h)"
expect "edited here only" 'edited hers ' "$(contents kit/edited.h)"
expect "edited on both sides" 'both hers ' "$(contents kit/both.h)"
expect "edited on both sides, the kit's" 'both 2 ' "$(contents kit/both.h.new)"
expect "edited here, gone from the kit" 'edited_gone hers ' "$(contents kit/edited_gone.h)"
expect "what it says" 'updated: 2 replaced, 1 new, 1 removed, 1 to look at; labs/*/*.cpp are yours and untouched' "$(tail -n 1 "$work/said")"

refused() {  # refused WHAT: with a line that it may not follow, nothing is touched
  echo before >"$work/old/kit/same.h"
  if "$work/old/lab" update "$work/new" 2>/dev/null; then expect "$1" refused accepted; fi
  expect "$1, and nothing touched" 'before ' "$(contents kit/same.h)"
}
cp "$work/new/handout.sha256" "$work/list"
hers=$(cd "$work/new" && cmake -E sha256sum labs/step0_operators/operators.cpp)
for line in '00  ../elsewhere' '00  /etc/passwd' "$hers" '00  kit/a b'; do
  { cat "$work/list"; echo "$line"; } >"$work/new/handout.sha256"
  refused "$line"
done
cp "$work/list" "$work/new/handout.sha256"
echo broken >"$work/new/kit/newer.h"
refused 'a file that is not as listed'

[ -z "$failed" ]
