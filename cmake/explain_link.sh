#!/bin/sh
# Runs the linker, whose words a newcomer can't read, and adds the rule that was broken if it fails.
"$@" && exit
cat >&2 <<'END'

A step may use the kit, the contracts (labs/*/*.h) and the files of its own folder, nothing else. Above, the
linker looked for something in vain ("undefined reference": it stands in another step's folder, or a function
of a contract lost its exact signature) or found it twice ("multiple definition": two steps define the same
name; put helpers that only one file uses between `namespace {` and `}`).
END
exit 1
