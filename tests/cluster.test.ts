import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@entrgi/evaluation';
import { ofShard, shardOf } from '@entrgi/evaluation/internal';
import { expect, test } from 'vitest';

// Dry runs of examples/cluster: what would be run on each machine, and that together they do everything.

const folder = join(import.meta.dirname, '..', 'examples', 'cluster');
const cells = Array.from({ length: 100 }, (_, i) => i);

test.skipIf(process.platform === 'win32')('the tasks of the SLURM script do everything once', () => {
  const script = readFileSync(join(folder, 'slurm.sh'), 'utf8');
  const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(script)!.map(Number) as [
    number,
    number,
    number,
  ];
  const done: number[] = [];
  for (let id = first; id <= last; id++) {
    const slurm = {
      SLURM_ARRAY_TASK_ID: String(id),
      SLURM_ARRAY_TASK_MIN: String(first),
      SLURM_ARRAY_TASK_COUNT: String(last - first + 1),
    };
    const env = { ...process.env, ...slurm, ENTRGI: 'echo entrgi' };
    const said = execFileSync('bash', [join(folder, 'slurm.sh'), 'evaluation.json'], {
      env,
      encoding: 'utf8',
    });
    expect(said).toBe(`entrgi eval --config evaluation.json --out part-${id}.jsonl\n`);
    done.push(...ofShard(cells, shardOf(undefined, slurm)!));
  }
  expect(done.toSorted((a, b) => a - b)).toEqual(cells);
});

test.skipIf(process.platform === 'win32')('the pods of the Kubernetes Job do everything once', () => {
  const job = readFileSync(join(folder, 'kubernetes-job.yaml'), 'utf8');
  const completions = Number(/^ {2}completions: (\d+)$/m.exec(job)![1]);
  expect(job).toMatch(/^ {2}completionMode: Indexed$/m);
  const command = /^ {12}- exec (npx .*)$/m.exec(job)![1]!;
  const done: number[] = [];
  for (let index = 0; index < completions; index++) {
    const kubernetes = { JOB_COMPLETION_INDEX: String(index) };
    const said = execFileSync('sh', ['-c', `npx() { echo "$@"; }; ${command}`], {
      env: { ...process.env, ...kubernetes },
      encoding: 'utf8',
    });
    expect(said).toContain(`@entrgi/cli eval --config evaluation.json --out part-${index}.jsonl`);
    const [, shard] = /--shard (\S+)/.exec(said)!;
    done.push(...ofShard(cells, shardOf(shard, kubernetes)!));
  }
  expect(done.toSorted((a, b) => a - b)).toEqual(cells);
});

test('their configuration is one', async () => {
  expect(await readConfig(join(folder, 'evaluation.json'))).toMatchObject({
    data: 'openings',
    seeds: [1, 2, 3],
  });
});
