#!/bin/sh
# update_test.sh ROOT COMPILER: a half-done copy, handed out from f3640b6, where the kit's folders were others, comes
# here by its own ./lab update (update/update.sh, and update/files, the names in its list), and from here to a kit with
# one more step.
# shellcheck disable=SC2046,SC2086,SC2317 # lists of names; functions that stand in for others
set -eu
kit=$1 compiler=$2 before=f3640b6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=''
expect() {  # expect WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || { printf '%s: %s: expected "%s", found "%s"\n' "$name" "$1" "$2" "$3"; failed=yes; }
}

root=$kit parts=$kit/scripts/lab through=-1
. "$parts/common.sh"
. "$parts/handout.sh"
find_steps
is_clone() { git -C "$kit" rev-parse "$@" >/dev/null 2>&1; }
is_clone --git-dir || kit_files() { (cd "$kit" && find . -name build -prune -o -type f -print | sed 's|^\./||'); }

new=$work/new && copy_kit
list_of_owned_files "$new" >"$new/handout.sha256"

# The same with one more step and without one of the kit's folders.
later=$work/later added=step$((${steps##* } + 1))_later
cp -R "$new" "$later"
mkdir "$later/labs/$added" "$later/testing/stubs/$added"
for file in labs/$added/step.json labs/$added/later.h testing/stubs/$added/later.cpp labs/$added/later.cpp; do
  echo "$file" >"$later/$file"
done
rm -r "$later/apps"
echo changed >"$later/kit/tensor.h"
list_of_owned_files "$later" >"$later/handout.sha256"

# half_done NAME: what a student has made of the copy.
half_done() {
  name=$1 copy=$work/$1
  cat >"$copy/labs/step0_operators/sums.h" <<'END'
#pragma once
#include <span>
inline float sum_of_squares(std::span<const float> x) {
  float sum = 0;
  for (const float value : x) sum += value * value;
  return sum;
}
END
  sed '/^void rms_norm/,/^}/d' "$kit/testing/stubs/step0_operators/operators.cpp" >"$copy/labs/step0_operators/operators.cpp"
  cat >>"$copy/labs/step0_operators/operators.cpp" <<'END'
#include <cmath>
#include "labs/step0_operators/sums.h"
void lab::rms_norm(View out, ConstView x, ConstView weight, float eps) {
  for (std::size_t i = 0; i < x.size(0); ++i) {
    const float scale = 1 / std::sqrt(sum_of_squares(x.row(i)) / static_cast<float>(x.size(1)) + eps);
    for (std::size_t j = 0; j < x.size(1); ++j) out(i, j) = weight(j) * x(i, j) * scale;
  }
}
END
  echo 'write mlp' >"$copy/plan.txt"
  echo 'see there' >"$copy/kit/notes.txt"
  edited='kit/golden.h labs/step1_self_attention/self_attention.h'
  hers="$(cd "$copy" && echo labs/*/*.cpp) labs/step0_operators/sums.h plan.txt kit/notes.txt $edited"
  beside=''
  cmp -s "$copy/labs/step1_self_attention/self_attention.h" "$new/labs/step1_self_attention/self_attention.h" ||
    beside=labs/step1_self_attention/self_attention.h.new
  for file in $edited; do echo '// hers' >>"$copy/$file"; done
  (cd "$copy" && for file in $hers; do
    mkdir -p "$work/hers_$name/$(dirname "$file")"
    cp "$file" "$work/hers_$name/$file"
  done)
}

# has_become NEWER: the copy holds what the newer kit's list names, as it is there, what is hers, as it was, the stubs of
# steps that she had not, and nothing else.
has_become() {
  newer_list=$1/handout.sha256
  for file in $hers; do
    cmp -s "$work/hers_$name/$file" "$copy/$file" || expect "$file" 'as she left it' 'another or none'
  done
  sorted $hers $beside handout.sha256 $(awk '{ print $2 }' "$newer_list") $(cd "$1" && echo labs/*/*.cpp) >"$work/expected"
  (cd "$copy" && sorted $(find . -path ./build -prune -o -type f -print | sed 's|^\./||')) | LC_ALL=C comm -3 "$work/expected" - >"$work/differ"
  expect 'files that are missing, or there and not expected' '' "$(cat "$work/differ")"
  expect 'files of the kit that differ' labs/step1_self_attention/self_attention.h \
    "$(cd "$copy" && awk '{ print $2 }' "$newer_list" | xargs cmake -E sha256sum | diff - "$newer_list" | awk '/^</ { print $3 }')"
  expect 'empty folders' '' "$(cd "$copy" && find . -path ./build -prune -o -type d -empty -print)"
}
sorted() { printf '%s\n' "$@" | LC_ALL=C sort -u; }

# first_command PRESET: what the newer kit's scripts do before anything is built.
first_command() {
  (
    root=$copy builds=$copy/build
    . "$copy/scripts/lab/common.sh"
    . "$copy/scripts/lab/build.sh"
    parts=$work/no_setup PATH=$work/no_cmake:$PATH
    need_configured "$1"
  )
}

mkdir "$work/no_setup" "$work/no_cmake"
echo 'setup() { :; }' >"$work/no_setup/setup.sh"
printf '#!/bin/sh\n' >"$work/no_cmake/cmake"
chmod +x "$work/no_cmake/cmake"

# moves_along OLD_UPDATE…: the copy comes here by that command.
moves_along() {
  mkdir -p "$copy/build/student/_deps" "$copy/build/student/kit"
  touch "$copy/build/student/build.ninja" "$copy/build/student/_deps/fetched" "$copy/build/student/kit/old.o"
  printf '%s\n' "CMAKE_HOME_DIRECTORY:INTERNAL=$copy" >"$copy/build/student/CMakeCache.txt"
  for generator in Ninja 'Unix Makefiles'; do echo "CMAKE_GENERATOR:INTERNAL=$generator" >>"$copy/build/student/CMakeCache.txt"; done

  "$@" 2>"$work/said" || { cat "$work/said"; expect 'its own update' works fails; }
  expect 'said of what she edited' "$(sorted $edited | sed 's/^/kept  /')" "$(sed -n 's/^\(kept .*\), which was changed here.*/\1/p' "$work/said" | LC_ALL=C sort)"
  first_command student
  has_become "$new"
  expect 'what was built before' ./_deps/fetched "$(cd "$copy/build/student" && find . -type f ! -name configure.log)"
}

# The old list and the old script; what stood in the files is of no account to them.
mkdir "$work/pretended"
while read -r file; do
  mkdir -p "$work/pretended/$(dirname "$file")"
  echo "$file" >"$work/pretended/$file"
done <"$kit/tests/meta/update/files"
sed -n 's|^tests/stubs/||p' "$kit/tests/meta/update/files" | while read -r stub; do
  cp "$kit/testing/stubs/$stub" "$work/pretended/labs/$stub"
done
list_of_owned_files "$work/pretended" >"$work/pretended/handout.sha256"
half_done pretended
old_update() {
  (root=$copy && . "$kit/tests/meta/update/update.sh" && update "$1")
}
moves_along old_update "$new"
sources=labs/step0_operators/operators.cpp

# The real thing, where the history is there.
if is_clone -q --verify "$before^{commit}"; then
  mkdir "$work/kit_before"
  git -C "$kit" archive "$before" | tar -x -C "$work/kit_before"
  (
    root=$work/kit_before new=$work/real
    . "$root/scripts/lab/handout.sh"
    (cd "$root" && find . -type f | sed 's|^\./||') | while IFS= read -r file; do
      if belongs_to_students "$file"; then copy_file "$file" "$file"; fi
    done
    for stub in "$root"/tests/stubs/*/*.cpp; do copy_file "${stub#"$root/"}" "labs/${stub#"$root/tests/stubs/"}"; done
    copy_file docs/handout/AGENTS.md AGENTS.md
    list_of_owned_files "$new" >"$new/handout.sha256"
  )
  name=real
  expect 'update/files' "$(grep -v '/recorded.txt$' "$kit/tests/meta/update/files")" "$(awk '{ print $2 }' "$work/real/handout.sha256")"
  half_done real
  moves_along "$copy/lab" update "$work/new"
  sources=$(cd "$copy" && echo labs/*/*.cpp)
fi

(cd "$copy" && printf '#include "%s"\n' $sources | "$compiler" -std=c++20 -fsyntax-only -I. -x c++ -) || expect 'her code' compiles 'does not'

# On to the later kit, by the update that came with this one.
touch -t 200001010000 "$later/kit/tensor.h"
touch "$work/now"
"$copy/lab" update "$later" 2>"$work/said" || { cat "$work/said"; expect 'update' works fails; }
expect 'said of the new step' "new   labs/$added, a step that this copy was without, as it is handed out" "$(grep '^new ' "$work/said")"
has_become "$later"
expect 'what was changed is newer than what was built' kit/tensor.h "$(cd "$copy" && find kit/tensor.h -newer "$work/now")"

[ -z "$failed" ]
