#!/bin/sh
# grading/cluster/slurm.sh FOLDER OUT [GRADE-OPTION…]: grades a folder as a Slurm array, one task a submission, or
# LAB_TASKS tasks that share them (1000 at most, as Slurm's MaxArraySize is set mostly). OUT and the kit lie on a file
# system that the nodes share; SBATCH_… variables and LAB_SBATCH say what else sbatch needs
# (LAB_SBATCH="--account=teaching --time=4:00:00"). Submit it again after any failure: what has a result is not graded
# twice. When squeue is empty, ./lab grade class writes the reports.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
[ $# -ge 2 ] || { echo "slurm.sh takes FOLDER OUT [GRADE-OPTION…]" >&2; exit 2; }
command -v sbatch >/dev/null || { echo "slurm.sh needs Slurm's sbatch (package slurm-client)" >&2; exit 1; }
folder=$(CDPATH='' cd -- "$1" && pwd) out=$2
shift 2
mkdir -p "$out/slurm"
out=$(CDPATH='' cd -- "$out" && pwd)
list=$out/submissions.txt
"$here/list.sh" "$folder" "$out" "$@" >"$list"
count=$(tr -cd '\000' <"$list" | wc -c)
[ "$count" -gt 0 ] || { echo "$folder holds no submission" >&2; exit 1; }
tasks=${LAB_TASKS:-1000}
[ "$tasks" -le "$count" ] || tasks=$count
# shellcheck disable=SC2086 # a list of words
exec sbatch --array="1-$tasks" --output="$out/slurm/%a.log" ${LAB_SBATCH:-} "$here/slurm_task.sh" "$here" "$list" "$out" "$@"
