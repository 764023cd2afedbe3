import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readData } from '../data/read-data.js';
import { openJournal } from '../journal/open-journal.js';
import { planEvaluation } from '../plan/plan-evaluation.js';
import { hasRedis, redisServer } from '../testing/redis-server.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { evaluateOnQueue } from './evaluate-on-queue.js';

// One model to load, for every process that takes part.
const small = { reward: 'confidence', trajectories: 2, steps: 2, maxNewTokens: 4 };
const planOf = async (limit: number) =>
  planEvaluation(
    { data: 'openings', ...small, methods: ['base', 'bon'], seeds: [1], judge: 'none' },
    await readData('openings', { limit }),
  );

test('a Redis that cannot be reached is said at once, without its password', async () => {
  const journal = await openJournal(join(await temporaryFolder(), 'journal.jsonl'));
  const asked = { plan: await planOf(1), journal, workers: 0, queue: 'redis://me:secret@127.0.0.1:9' };
  const error = await evaluateOnQueue(asked).catch((reason: Error) => reason);
  expect(error).toMatchObject({
    code: 'network',
    message: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:9 cannot be reached/),
  });
  await journal.close();
});

/** Where it is not installed, the names of the tests say why they are skipped. */
const needed = hasRedis ? '' : ' (skipped: apt-get install redis-server)';

test.skipIf(!hasRedis)(
  `two take work from one Redis, which is restarted and forgets everything: each result once, in both journals${needed}`,
  async () => {
    const server = await redisServer();
    const plan = await planOf(4);
    const folder = await temporaryFolder();
    let restarts = 0;
    const run = async (name: string): Promise<string[]> => {
      const path = join(folder, name);
      const journal = await openJournal(path);
      await evaluateOnQueue({
        plan,
        journal,
        workers: 0,
        queue: server.url,
        takeOver: 4000,
        onProgress({ done }) {
          if (done < 3 || restarts > 0) return;
          restarts += 1;
          void server.restart();
        },
      });
      await journal.close();
      return (await readFile(path, 'utf8')).trim().split('\n');
    };
    const [a, b] = await Promise.all([run('a.jsonl'), run('b.jsonl')]);
    expect(restarts).toBe(1);
    const keys = (lines: readonly string[]) => lines.map((line) => JSON.parse(line).key).toSorted();
    const wanted = plan.cells.map(({ key }) => key).toSorted();
    expect(keys(a)).toEqual(wanted);
    expect(keys(b)).toEqual(wanted);
    const results = (lines: readonly string[]) =>
      lines
        .map((line) => JSON.parse(line))
        .map(({ key, trajectories }) => JSON.stringify({ key, trajectories }))
        .toSorted();
    expect(results(a)).toEqual(results(b));
  },
  120_000,
);

test.skipIf(!hasRedis)(
  `undisturbed, nothing is made twice: the lines of both are the same to the last digit of their seconds${needed}`,
  async () => {
    const server = await redisServer();
    const plan = await planOf(2);
    const folder = await temporaryFolder();
    const run = async (name: string): Promise<string[]> => {
      const path = join(folder, name);
      const journal = await openJournal(path);
      await evaluateOnQueue({ plan, journal, workers: 0, queue: server.url });
      await journal.close();
      return (await readFile(path, 'utf8')).trim().split('\n').toSorted();
    };
    const [a, b] = await Promise.all([run('a.jsonl'), run('b.jsonl')]);
    expect(a).toHaveLength(4);
    expect(b).toEqual(a);
  },
  120_000,
);
