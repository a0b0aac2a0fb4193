#!/bin/sh
# One task of slurm.sh's array: the submission of its number. Slurm runs a copy of this file, so it is told where the
# others lie.
#SBATCH --job-name=lab-grade
#SBATCH --cpus-per-task=1
#SBATCH --requeue
set -eu
here=$1 list=$2 out=$3
shift 3
sed -z -n "${SLURM_ARRAY_TASK_ID}p" "$list" | xargs -0 -I{} "$here/../../lab" grade one {} --out "$out/results" "$@"
