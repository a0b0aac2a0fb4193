#!/bin/sh
# handout_programs_test.sh ROOT BUILD COMPILER: the programs that the handouts tell to write compile and link by the
# commands that stand beside them.
set -eu
kit=$1 build=$2 compiler=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$kit/kit" "$kit/labs" "$work"
mkdir "$work/build"
ln -s "$build" "$work/build/student"
cd "$work"

for handout in "$kit"/labs/step*/README.md; do
  # A program is a block of C++ with a main, and its name the first .cpp in the compiler's command below it.
  awk '
    { sub(/^   /, "") }                                    # within a list
    /^```cpp/ { program = ""; in_program = 1; next }
    /^```/ && in_program { in_program = 0; if (program ~ /int main/) main_program = program; next }
    in_program { program = program $0 "\n" }
    /^g\+\+ / || continued {
      command = command " " $0
      continued = sub(/\\$/, "", command)
      if (!continued) {
        match(command, /[a-z_]+\.cpp/)
        printf "%s", main_program >substr(command, RSTART, RLENGTH)
        print command >>"commands"
        command = ""
      }
    }' "$handout"
done
programs=$(cat "$kit"/labs/step*/README.md | grep -c 'int main')
[ "$(wc -l <commands)" -eq "$programs" ] || { echo "expected $programs programs, found:"; cat commands; exit 1; }
sed "s|^ g++|$compiler|" commands | sh -eux
