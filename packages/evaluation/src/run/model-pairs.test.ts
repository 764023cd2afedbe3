import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moodDirectory } from '@entrgi/tiny-stories';
import { denoiserDirectory } from 'entrgi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readData } from '../data/read-data.js';
import type { JournalLine } from '../journal/journal-line.js';
import { mergeJournals } from '../journal/merge-journals.js';
import { openJournal } from '../journal/open-journal.js';
import { readJournals } from '../journal/read-journals.js';
import { type EvaluationPlan, planEvaluation } from '../plan/plan-evaluation.js';
import { ofShard } from '../plan/shard.js';
import { evaluateOnQueue } from '../queue/evaluate-on-queue.js';
import { makeReport } from '../report/make-report.js';
import { hasRedis, redisServer } from '../testing/redis-server.js';
import { evaluate } from './evaluate.js';

/** The embedded denoiser and a twin of it under another hash, each by two rewards. */
const fourPairs = async (): Promise<EvaluationPlan> => {
  const twin = join(folder, 'twin');
  await cp(denoiserDirectory, twin, { recursive: true });
  const config = JSON.parse(await readFile(join(twin, 'config.json'), 'utf8'));
  await writeFile(join(twin, 'config.json'), JSON.stringify({ ...config, twin: true }));
  return planEvaluation(
    {
      data: 'openings',
      denoiser: ['embedded', twin],
      reward: ['confidence', moodDirectory],
      ...{ methods: ['base'], seeds: [1], judge: 'none', steps: 2, maxNewTokens: 4 },
    },
    await readData('openings', { limit: 1 }),
  );
};

/** A journal that `fill` has filled, by key and without times. */
const journalOf = async (
  path: string,
  fill: (journal: Awaited<ReturnType<typeof openJournal>>) => Promise<void>,
): Promise<JournalLine[]> => {
  const journal = await openJournal(path);
  await fill(journal).finally(() => journal.close());
  return comparable(path);
};

const comparable = async (path: string): Promise<JournalLine[]> =>
  (await readJournals([path]))
    .map((line) => ({ ...line, cost: { ...line.cost, seconds: 0 } }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));

let folder: string;
let plan: EvaluationPlan;
let whole: JournalLine[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrgi-pairs-'));
  plan = await fourPairs();
  whole = await journalOf(join(folder, 'whole.jsonl'), (journal) => evaluate({ plan, journal, workers: 0 }));
}, 60_000);

afterAll(() => rm(folder, { recursive: true }));

test('every denoiser is rated by every reward, and twins write the same', async () => {
  expect(whole).toHaveLength(4);
  const rated = whole.map(({ settings, trajectories }) => ({
    ...settings,
    texts: JSON.stringify(trajectories),
  }));
  const pairs = rated.map(({ denoiser, reward }) => `${denoiser} ${reward}`);
  expect(pairs.toSorted()).toEqual(
    ['denoiser', 'twin'].flatMap((each) => ['confidence', 'mood'].map((by) => `${each} ${by}`)),
  );
  for (const { reward, texts } of rated) {
    const alike = rated.filter((each) => each.reward === reward && each.texts === texts);
    expect(alike.map(({ denoiser }) => denoiser).toSorted()).toEqual(['denoiser', 'twin']);
  }
  const { summary } = await makeReport(whole);
  expect(summary.setups.map(({ models }) => `${models.denoiser} ${models.reward}`).toSorted()).toEqual(
    pairs.toSorted(),
  );
});

test('shards of several pairs, merged, are the whole', async () => {
  const parts = [1, 2].map((index) => join(folder, `${index}.jsonl`));
  for (const [i, part] of parts.entries()) {
    const cells = ofShard(plan.cells, { index: i + 1, count: 2 });
    await journalOf(part, (journal) => evaluate({ plan, cells, journal, workers: 0 }));
  }
  const merged = join(folder, 'merged.jsonl');
  expect(await mergeJournals(parts, merged)).toBe(4);
  expect(await comparable(merged)).toEqual(whole);
});

test.skipIf(!hasRedis)(
  `several pairs through a queue: all of it in both journals${hasRedis ? '' : ' (skipped: apt-get install redis-server)'}`,
  async () => {
    const { url: queue } = await redisServer();
    // Neither their denoiser nor their reward is the same.
    const cells = plan.cells.filter((_, i) => i === 0 || i === 3);
    const both = await Promise.all(
      ['a', 'b'].map((name) =>
        journalOf(join(folder, `queue-${name}.jsonl`), (journal) =>
          evaluateOnQueue({ plan, cells, journal, workers: 0, queue }),
        ),
      ),
    );
    const wanted = whole.filter(({ key }) => cells.some((cell) => cell.key === key));
    expect(both).toEqual([wanted, wanted]);
  },
  120_000,
);
