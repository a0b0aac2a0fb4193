#!/bin/sh
# One task of slurm.sh's array: of N tasks, task K takes the submissions K, K + N, K + 2 N … of the list. Slurm runs a copy
# of this file, so it is told where the others lie.
#SBATCH --job-name=lab-grade
#SBATCH --cpus-per-task=1
#SBATCH --requeue
set -eu
here=$1 list=$2 out=$3
shift 3
sed -z -n "${SLURM_ARRAY_TASK_ID}~${SLURM_ARRAY_TASK_COUNT}p" "$list" | xargs -0 -I{} "$here/../../lab" grade one {} --out "$out/results" "$@"
