#!/bin/sh
# Runs the linker, whose words a newcomer can't read, and adds what they mean if it fails.
contracts=$(dirname "$0")/../labs
if said=$(LC_ALL=C "$@" 2>&1); then  # in English, since the words below are looked for in it
  [ -z "$said" ] || printf '%s\n' "$said" >&2
  exit
fi
printf '%s\n\n' "$said" >&2

# Contract functions that were looked for in vain; GNU's and LLVM's linker and Apple's each say so otherwise.
for function in $(printf '%s\n' "$said" |
  sed -nE 's/^.*(undefined reference to .|undefined symbol: |^ *")lab::([a-z_0-9]+)\(.*$/\2/p' | sort -u); do
  for contract in "$contracts"/step*/*.h; do
    declaration=$(awk -v start="^[A-Za-z].* ${function}[(]" '$0 ~ start { on = 1 } on { print } /;/ { on = 0 }' "$contract")
    [ -n "$declaration" ] || continue
    folder=${contract%/*}
    printf '%s\n' "labs/${folder##*/}/${contract##*/} declares this, but no file defines it, in namespace lab and with these types:" \
      "$declaration" '' >&2
  done
done
case $said in
  *'multiple definition of `main'*)
    printf '%s\n' 'The tests bring a main of their own; yours belongs into a file outside of labs/.' '' >&2
    ;;
esac
cat >&2 <<'END'
A step may use the kit, the contracts (labs/*/*.h) and the files of its own folder, nothing else. An "undefined
reference" stands in another step's folder, or was declared and not written. A "multiple definition" is one name
in two files: put helpers that only one file uses between `namespace {` and `}`.
END
exit 1
