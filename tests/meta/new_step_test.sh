#!/bin/sh
# new_step_test.sh ROOT: a step that is added as CONTRIBUTING.md says is known to every part of the kit. In a copy of
# the kit it adds new_step/ under the next free number, runs the recipe's commands and looks what they say.
# shellcheck disable=SC2016 # commands that are run in the copy
set -eu
kit=$(CDPATH='' cd -- "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/kit log=$work/log python=python3
unset LAB_BUILDS LAB_HINTS LAB_LANG LAB_REFERENCE_DATA
passed=0 failed=0

check() {  # check WHAT COMMAND…: counts it, and shows what was said last if the command fails
  what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: %s\n' "$step" "$what"
    tail -n 12 "$log"
  fi
}

runs() {  # runs STATUS COMMAND: in the copy; says how long it took
  begun=$(date +%s) code=0
  (cd "$copy" && eval "$2") >"$log" 2>&1 </dev/null || code=$?
  printf '%4d s  %s\n' $(($(date +%s) - begun)) "$2"
  check "\"$2\" should end with $1, and ended with $code" [ "$code" -eq "$1" ]
}
says() { check "it says \"$1\"" grep -qF -- "$1" "$log"; }
silent_about() { check "it does not say \"$1\"" sh -c '! grep -qF -- "$1" "$2"' - "$1" "$log"; }

copy_kit() {
  mkdir "$copy"
  (cd "$kit" && git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
    [ ! -f "$file" ] || [ -L "$file" ] || printf '%s\n' "$file"
  done | tar cf - -T -) | tar xf - -C "$copy"
  git -C "$copy" init -q
  [ ! -x "$kit/.venv/bin/python" ] || ln -s "$kit/.venv" "$copy/.venv"
  [ ! -x "$copy/.venv/bin/python" ] || python=$copy/.venv/bin/python
  printf '/.venv\n' >>"$copy/.git/info/exclude"
}

# A file of the example, or its path, with the step's number in place of its 9.
numbered() { sed "s/step9/step$n/g; s/Step 9/Step $n/g; s/第 9 步/第 $n 步/g"; }

add_step() {
  (cd "$kit/tests/meta/new_step" && find . -type f ! -name '*.pyc') | while IFS= read -r file; do
    target=$copy/$(printf '%s\n' "$file" | numbered)
    mkdir -p "$(dirname "$target")"
    numbered <"$kit/tests/meta/new_step/$file" >"$target"
  done
}

list_step() {
  printf '\n[steps.%s]\npoints = 10\n' "$step" >>"$copy/grading/grade/grading.toml"
  add_row README.md 'example' 'a row added' 'how a step is added'
  add_row README.zh-CN.md '示例' '加一行' '怎样新增一步'
}

add_row() {  # add_row README TITLE WRITE LEARN: below the last row of the table of steps
  row="| [$n $2](labs/${step}_example/$1) | $3 | $4 |"
  awk -v row="$row" '
    below && !/^\| \[/ { print row; below = 0 }
    { print }
    /^\| \[[0-9] / { below = 1 }' "$copy/$1" >"$work/readme"
  cp "$work/readme" "$copy/$1"
}

# The commands in the part "Add a step".
recipe() {
  awk '/^## / { inside = 0; part = ($0 == "## Add a step") }
    part && /^```sh/ { inside = 1; next }
    /^```/ { inside = 0 }
    inside' "$copy/CONTRIBUTING.md" | sed 's/  *#.*//'
}

follow() {
  case $1 in
    step=step*) ;;  # the step here is the next one
    *'>contracts.sha256)') runs 0 "$1" ;;
    './lab regenerate --only $step')
      runs 0 "$1"
      check_regenerated
      ;;
    './lab $step')
      runs 1 "$1"
      says "add_embedding is not written yet: write it in labs/${step}_example/example.cpp; read section 1 (3 cases)"
      says "$step: 0 of 3 passed, 3 wait for functions that are not written yet"
      ;;
    'ctest '*)
      runs 0 "$1"
      says "solutions.$step.AddEmbedding.ByHand"
      silent_about 'No tests were found'
      ;;
    './lab mutants $step')
      runs 0 "$1"
      says '1/1 killed, 1/1 named, 0 misnamed'
      ;;
    './lab selftest --full') ;;  # which runs this
    *) check "CONTRIBUTING.md has a command that this test doesn't know: $1" false ;;
  esac
}

# Regenerating one step leaves the others as they are.
check_regenerated() {
  (cd "$copy" && git status --porcelain reference_data) >"$log"
  printf '%s\n' ' M reference_data/manifest.json' "?? reference_data/$step.safetensors" \
    "?? reference_data/${step}_misconceptions.safetensors" >"$work/expected"
  check 'only its own data are new' cmp -s "$work/expected" "$log"
  git -C "$copy" show HEAD:reference_data/manifest.json >"$work/manifest.json"
  "$python" - "$work/manifest.json" "$copy/reference_data/manifest.json" "$step" >"$log" 2>&1 <<'END' || :
import json, sys
from pathlib import Path

def compare(old, new, where):
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            print("changed:", where)
        return
    for name in old.keys() | new.keys():
        if name not in new:
            print("gone:", where, name)
        elif name in old:
            compare(old[name], new[name], f"{where}/{name}")
        elif not any(part in f"{where}/{name}" for part in (sys.argv[3], "AddEmbedding", "add_embedding")):
            print("new:", where, name)

compare(*(json.loads(Path(path).read_text()) for path in sys.argv[1:3]), "")
END
  check 'only its own entries of the manifest are new' [ ! -s "$log" ]
}

copy_kit
n=0
while [ -n "$(find "$copy/labs" -name "step${n}_*")" ]; do n=$((n + 1)); done
[ $n -le 9 ] || { echo "there are ten steps, so none can be added"; exit 1; }
step=step$n
git -C "$copy" add -A
git -C "$copy" -c user.name=kit -c user.email=kit@localhost -c commit.gpgsign=false commit -q -m 'The kit as it is'
add_step
git -C "$copy" add -A
runs 1 '"$python" scripts/check_steps.py'
says "README.md: the table of steps lacks [$n example](labs/${step}_example/README.md)"
says "grading.toml: [steps.stepN] lacks $step"
list_step

recipe >"$work/recipe"
check 'CONTRIBUTING.md has the recipe' [ -s "$work/recipe" ]
while IFS= read -r line; do follow "$line"; done <"$work/recipe"

git -C "$copy" add -A
runs 0 '"$python" scripts/check_steps.py'
runs 0 '"$python" scripts/check_includes.py'

runs 0 'cmake --build build/student --target equivalence && build/student/tests/meta/equivalence $step 9'

runs 0 './lab status'
check 'it has a line' grep -q "^$step .* 0 of 3 .*write add_embedding (section 1)" "$log"

runs 0 "./lab handout '$work/handout' --solutions-through $((n - 1))"
(cd "$work/handout" && find . -type f) >"$log"
for file in "labs/${step}_example/README.md" "labs/${step}_example/step.json" "labs/${step}_example/example.cpp" \
  "testing/stubs/${step}_example/example.cpp" "tests/${step}_example_test.cpp" "reference_data/$step.safetensors" \
  "reference_data/${step}_misconceptions.safetensors"; do
  says "./$file"
done
silent_about "solutions/$step"
silent_about "misconceptions/$step/"
check 'her copy lists it' grep -q "^| \[$n example\]" "$work/handout/README.md"

mkdir -p "$work/submission/labs"
cp -R "$copy/solutions/${step}_example" "$work/submission/labs/"
runs 0 "./lab grade one '$work/submission' --out '$work/results' --practice"
says "10 of $("$python" -c 'import sys, tomllib
print(sum(step["points"] for step in tomllib.load(open(sys.argv[1], "rb"))["steps"].values()))' "$copy/grading/grade/grading.toml") points"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
