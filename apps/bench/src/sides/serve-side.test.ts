import { PassThrough } from 'node:stream';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { serveSide } from './serve-side.js';

const reward = { directory: rewardDirectory, dtype: 'fp32', disablePrepacking: false } as const;
const common = { reward, threads: 1, prefixReuse: true, prompt: 'Complete this story: A cat sat.' };

const ask = async (...requests: readonly object[]) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  for (const [id, request] of requests.entries()) input.write(`${JSON.stringify({ id, ...request })}\n`);
  input.end();
  await serveSide(input, output);
  return String(output.read())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

test('loads a workload, runs it, and says what it computes', async () => {
  const spec = { kind: 'gradient', ...common, length: 8, trajectories: 2 };
  const answers = await ask({ command: 'load', spec }, { command: 'run', round: 0 }, { command: 'outputs' });
  expect(answers.map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(answers[1].result.seconds).toBeGreaterThan(0);
  expect(answers[2].result.rewards).toHaveLength(2);
  expect(answers[2].result.tokenScores).toHaveLength(2 * 8 * 64);
});

test('answers what goes wrong', async () => {
  const spec = { kind: 'score', ...common, responses: ['a'], reward: { ...reward, directory: 'nowhere' } };
  const answers = await ask(
    { command: 'run', round: 0 },
    { command: 'load', spec: { kind: 'nothing' } },
    { command: 'load', spec },
  );
  expect(answers.map(({ error }) => error)).toEqual([
    'nothing is loaded',
    'no workload is called nothing',
    expect.stringContaining('nowhere'),
  ]);
});
