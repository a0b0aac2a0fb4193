#!/bin/sh
# grading/cluster/parallel.sh FOLDER OUT [GRADE-OPTION…]: grades a folder with GNU parallel, on this machine or on
# those that LAB_HOSTS lists (as parallel's --sshlogin: "8/node1,8/node2"), which share the file system.
# Run it again after any interruption: what has a result is not graded twice. Then ./lab grade class writes reports.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -ge 2 ] || { echo "parallel.sh takes FOLDER OUT [GRADE-OPTION…]" >&2; exit 2; }
command -v parallel >/dev/null || { echo "parallel.sh needs GNU parallel (package parallel)" >&2; exit 1; }
folder=$(CDPATH='' cd -- "$1" && pwd) out=$2
shift 2
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd)
list=$out/submissions.txt
"$here/list.sh" "$folder" "$out" "$@" >"$list.new"  # builds the kit first, so that no two jobs wait for it

# The log knows submissions by their number in the list, so it is of no use for another list.
again=
if [ -f "$out/joblog.txt" ] && cmp -s "$list" "$list.new"; then again=--resume-failed; else rm -f "$out/joblog.txt"; fi
mv "$list.new" "$list"
# Options may name files from here, and a shell on another host begins at home.
# shellcheck disable=SC2086 # an option or none
parallel --quote --null --joblog "$out/joblog.txt" $again ${LAB_HOSTS:+--sshlogin "$LAB_HOSTS" --workdir "$PWD"} \
  --jobs "${LAB_JOBS:-100%}" \
  "$here/../../lab" grade one {} --out "$out/results" "$@" :::: "$list"
