#!/bin/sh
# A second file that defines a step's function is an error that names both, and leaves no library behind.
# one_definition_test.sh SOURCE_DIR CXX NM
set -eu
source=$1 cxx=$2 nm=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >operators.cpp <<'EOF'
namespace lab {
inline int shared(int x) { return x; }
static int helper(int x) { return shared(x) + 1; }
int twice(int x) { return helper(2 * x); }
int twice(float x) { return helper(static_cast<int>(x)); }
}
EOF
sed 's/twice/thrice/' operators.cpp >helpers.cpp  # what is inline or static may stand in both
cp operators.cpp backup.cpp
for name in operators helpers backup; do "$cxx" -c "$name.cpp" -o "$name.cpp.o"; done

expect() {  # expect WHAT EXPECTED FOUND
  [ "$2" = "$3" ] || { printf '%s\nexpected: %s\nfound:    %s\n' "$1" "$2" "$3" >&2; exit 1; }
}

check() { code=0 && found=$(sh "$source/cmake/one_definition.sh" "$nm" step.a labs/step0) || code=1; }
ar qc step.a operators.cpp.o helpers.cpp.o
check
expect 'two files with functions of their own' '0 ' "$code $found"
expect 'the library is there' step.a "$(ls step.a)"

rm step.a && ar qc step.a backup.cpp.o helpers.cpp.o operators.cpp.o
check
expect 'a copy' "1 labs/step0: twice is defined in backup.cpp and in operators.cpp. Keep one of them: remove the other, \
or let its name not end in .cpp." "$code $found"
expect 'the library is gone' '' "$(find . -name step.a)"
