#!/bin/sh
# scripts/check_style.sh BUILD_FOLDER: checks the style of everything that is committed, as ./lab selftest
# --full does. BUILD_FOLDER has been built with Clang; its compile_commands.json tells clang-tidy the flags.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
if [ ! -f "${1:-}/compile_commands.json" ] || [ ! -x "$bin/clang-format" ]; then
  echo "check_style.sh needs a configured build folder and .venv; ./lab selftest --full makes both" >&2
  exit 2
fi

failed=''
check() {
  echo "== $*" | cut -c 1-100
  "$@" || failed="$failed $(basename "$1")"
}

# Names of files here hold no spaces.
# shellcheck disable=SC2046
{
  check "$bin/clang-format" --dry-run --Werror $(git ls-files '*.cpp' '*.h')
  check "$bin/ruff" check --quiet $(git ls-files '*.py')
  check "$bin/ruff" format --check --quiet $(git ls-files '*.py')
  check "$bin/mypy" --no-error-summary $(git ls-files 'scripts/*.py' 'grading/*.py' 'tests/*.py')
}
check "$bin/python" scripts/check_includes.py
check "$bin/python" scripts/check_steps.py
# What ./lab reset brings back is what is handed out.
for stub in testing/stubs/*/*.cpp; do check cmp "$stub" "labs/${stub#testing/stubs/}"; done
for script in lab $(git ls-files '*.sh'); do check sh -n "$script"; done

# One file a process, as many at once as there are processors. GoogleTest's macros are full of findings, and
# the stubs are handed out unfinished.
echo "== clang-tidy"
git ls-files 'kit/*.cpp' 'testing/*.cpp' 'solutions/*.cpp' 'apps/*.cpp' 'grading/*.cpp' | while read -r file; do
  ! grep -q "/$file\"" "$1/compile_commands.json" || printf '%s\n' "$file"
done | xargs -n 1 -P "$(getconf _NPROCESSORS_ONLN)" clang-tidy --quiet -p "$1" 2>/dev/null || failed="$failed clang-tidy"

[ -z "$failed" ] || { echo "style:$failed" >&2; exit 1; }
