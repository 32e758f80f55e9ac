#!/bin/bash
# Compresses a folder of pictures as a job array of Slurm, one part a task:
#
#   sbatch slurm-array.sh runs/conv-faces /data/faces /data/compressed
#
# Then one job joins the parts (see docs/cluster.md). A task that failed, or was stopped, is repeated with
# sbatch --array=7,31 slurm-array.sh ...; a part that is done ends at once.
#SBATCH --job-name=gorgonae
#SBATCH --array=1-100
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=01:00:00
set -eu

# The number of parts is that of --array above, and never SLURM_ARRAY_TASK_COUNT: Slurm counts the tasks of
# this submission there, which are fewer when some are repeated.
parts=${PARTS:-100}

model=$1 images=$2 out=$3
mkdir -p "$out"
status=0
gorgonae compress "$model" "$images" --part "$SLURM_ARRAY_TASK_ID/$parts" --skip-bad \
    --out "$out/part-$SLURM_ARRAY_TASK_ID.gae" || status=$?
# Status 3 says that bad pictures were left out. They are in the manifest; the part is done.
[ "$status" -eq 3 ] && status=0
exit "$status"
