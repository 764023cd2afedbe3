import { expect, test } from 'vitest';
import type { Side } from '../cases/section.js';
import type { WorkloadSpec } from '../cases/workload-spec.js';
import { sideProcess } from '../sides/side-process.js';
import { runCase } from './run-case.js';

/** Another program that speaks the protocol: it takes as many seconds as it is told, and fails or ends where it is told. */
const program = `
  const readline = require('node:readline');
  let spec;
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, command, round, ...rest } = JSON.parse(line);
    if (command === 'load') spec = rest.spec;
    const at = spec.kind === 'matrix' ? {} : spec.prompt === '' ? {} : JSON.parse(spec.prompt);
    if (at.ends === round && command === 'run') { console.error('out of memory'); process.exit(3); }
    if (at.fails === round && command === 'run') return console.log(JSON.stringify({ id, error: 'will not' }));
    const result = command === 'run' ? { seconds: (at.seconds ?? 1) * (round + 1), units: 2, rewards: at.rewards, texts: at.texts }
      : command === 'outputs' ? { x: [at.output ?? 1] } : null;
    console.log(JSON.stringify({ id, result }));
  });`;

const side = (name: string, told: object, rest: Partial<Side> = {}): Side => ({
  name,
  engine: 'entrgi',
  workload: { kind: 'score', prompt: JSON.stringify(told) } as unknown as WorkloadSpec,
  weightBytes: 1,
  ...rest,
});

const run = (sides: readonly Side[]) =>
  runCase(
    { parameters: { size: 1 }, unit: 'run', threads: 1, sides },
    {
      section: 'test',
      rounds: 3,
      start: (engine) => (engine === 'entrgi' ? sideProcess(process.execPath, ['-e', program]) : undefined),
      log: () => {},
    },
  );

test('times the sides of each round against each other and compares what they compute', async () => {
  const { sides, matrixRate } = await run([
    side('ours', { seconds: 2, rewards: [1, 3], texts: ['a', 'b'] }),
    side('theirs', { seconds: 5, rewards: [1, 1], texts: ['a', 'c'], output: 1.5 }, { sameAs: 'ours' }),
    side('other', { seconds: 10, output: -3 }, { against: 'theirs', approximates: 'theirs' }),
  ]);
  // Rounds 1, 2, 3 take 2, 3 and 4 times the seconds for two units each; round 0 does not count.
  expect(sides[0]!.times!.seconds).toEqual([2, 3, 4]);
  expect(sides[0]!.times!.ratio).toBeUndefined();
  expect(sides[1]!.times!.ratio).toEqual({ median: 2.5, lower: 2.5, upper: 2.5, to: 'ours' });
  expect(sides[2]!.times!.ratio!.median).toBe(2);
  expect(sides[1]!.times!.agreement!.difference).toBeCloseTo(1 / 3, 12);
  expect(sides[2]!.times!.agreement).toEqual({ with: 'theirs', difference: 1.5, cosines: { x: -1 } });
  expect(sides[1]!.times!.rewards!.difference!.mean).toBe(-1);
  // One of two in each of three rounds.
  expect(sides[1]!.times!.texts).toEqual({ same: 3, of: 6 });
  expect(matrixRate.median).toBeCloseTo(2 / 3, 12);
});

test('goes on without a side that is not there, does not fit, fails or dies', async () => {
  const { sides } = await run([
    side('works', {}),
    side('absent', {}, { engine: 'pytorch' }),
    side('huge', {}, { weightBytes: 1e15 }),
    side('fails', { fails: 0 }),
    side('dies', { ends: 2 }),
  ]);
  expect(sides[0]!.times!.seconds).toHaveLength(3);
  expect(sides.slice(1).map(({ missing }) => missing)).toEqual([
    'PyTorch not found',
    expect.stringMatching(/^weights of 1000000.0 GB, memory of \d+\.\d GB$/),
    'will not',
    expect.stringMatching(/code 3.*out of memory/),
  ]);
});
