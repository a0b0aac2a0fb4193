#!/bin/sh
# gdb shows tensors and views as the kit prints them: gdb_test.sh SOURCE-FOLDER PROGRAM
set -eu

"$2" >"$2.expected"
gdb -q -nx -batch -iex 'set debuginfod enabled off' -x "$1/scripts/gdb_tensor_printers.py" \
  -ex 'break all_are_made' -ex run -ex up \
  -ex 'print small' -ex 'print large' -ex 'print head' -ex 'print transposed' -ex 'print vector' "$2" 2>&1 |
  sed -n '/^\$1 = /,$ s/^\$[0-9]* = //p; /^  [[… ]/p' >"$2.found"
diff "$2.expected" "$2.found"
