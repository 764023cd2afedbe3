#!/usr/bin/env bash
#SBATCH --job-name=entrgi-eval
#SBATCH --array=1-8
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=12:00:00
#SBATCH --requeue
# Every task of the array does its share and writes a journal of its own; a task that is requeued goes on where it stopped.
#   jid=$(sbatch --parsable slurm.sh evaluation.json)
#   sbatch --dependency=afterok:$jid --array=1 --wrap="npx @entrgi/cli eval merge part-*.jsonl -o results.jsonl && npx @entrgi/cli report results.jsonl"
set -euo pipefail

config=${1:?usage: sbatch slurm.sh evaluation.json}
read -ra entrgi <<< "${ENTRGI:-npx --yes @entrgi/cli}"

# Which part is told by SLURM_ARRAY_TASK_ID, and of how many by SLURM_ARRAY_TASK_COUNT.
exec "${entrgi[@]}" eval --config "$config" --out "part-$SLURM_ARRAY_TASK_ID.jsonl"
