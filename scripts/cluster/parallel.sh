#!/bin/sh
# scripts/cluster/parallel.sh FOLDER OUT [GRADE-OPTION…]: grades a folder with GNU parallel, on this machine or on
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
"$here/list.sh" "$folder" "$out" "$@" >"$list"  # builds the kit first, so that no two jobs wait for it

again=
[ ! -f "$out/joblog.txt" ] || again=--resume-failed
# shellcheck disable=SC2086 # an option or none
parallel --null --joblog "$out/joblog.txt" $again ${LAB_HOSTS:+--sshlogin "$LAB_HOSTS"} --jobs "${LAB_JOBS:-100%}" \
  "$here/../../lab" grade one {} --out "$out/results" "$@" :::: "$list"
