#!/bin/sh
# one_definition.sh NM LIBRARY DIR
#
# Fails, and takes the library away, if two files of a step define the same function. A linker takes whichever it
# meets first in the library, so a copy that lies beside a student's file, backup.cpp, would silently stand in for it.
set -u
"$1" -A -g -C "$2" | awk -v folder="$3" '
  match($0, /:[^:]*\.(o|obj): ?[0-9a-f]+ [TDB] /) {  # LIBRARY:FILE.o:ADDRESS TYPE NAME; not what is inline
    name = substr($0, RSTART + RLENGTH)
    file = substr($0, RSTART + 1)
    sub(/\.(o|obj): ?[0-9a-f]+ .*/, "", file)
    if (name in first && first[name] != file && !told++) {
      shown = name
      sub(/\(.*/, "", shown)
      sub(/^lab::/, "", shown)
      printf "%s: %s is defined in %s and in %s. Keep one of them: remove the other, or let its name not end in .cpp.\n", \
        folder, shown, first[name], file
    }
    first[name] = file
  }
  END { exit told > 0 }' || { rm -f "$2"; exit 1; }
