#!/bin/bash
# Trains one model with several processes under Slurm, on one machine or more:
#
#   sbatch slurm-train.sh --model conv --data /data/faces --out /data/runs/faces
#
# gorgonae is built with -tags mpi (see docs/cluster.md). Before its time is up, the job is told to stop, saves the
# run, and is queued again; it goes on where it stopped, with --ntasks processes, also if that number has changed.
#SBATCH --job-name=gorgonae
#SBATCH --ntasks=4
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=1G
#SBATCH --time=08:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
set -eu

export GOMAXPROCS="$SLURM_CPUS_PER_TASK" # threads of each process
status=0
# --kill-on-bad-exit ends the job if a process dies; else the others would wait for it until the time is up.
# If Slurm was built without PMIx (srun --mpi=list), Open MPI's own mpirun in place of srun does as well.
srun --mpi=pmix --cpus-per-task="$SLURM_CPUS_PER_TASK" --kill-on-bad-exit=1 gorgonae train --shards 8 --resume "$@" || status=$?

if [ "$status" -eq 143 ]; then # stopped by SIGTERM
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
