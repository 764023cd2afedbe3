import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError } from '@entrgi/core';
import { moodDirectory } from '@entrgi/tiny-stories';
import { loadPerplexity } from '@entrgi/transformers';
import { denoiserDirectory, generate, loadModels, methodNames, rewardDirectory } from 'entrgi';
import { expect, onTestFinished, test } from 'vitest';
import { causalFixture, layOut } from '../../../transformers/src/testing/lay-out.js';
import { readData } from '../data/read-data.js';
import { openJournal } from '../journal/open-journal.js';
import { readJournals } from '../journal/read-journals.js';
import { checkJournal } from '../plan/check-journal.js';
import type { EvaluationOptions } from '../plan/evaluation-options.js';
import { fittingExamples } from '../plan/fitting-examples.js';
import { type EvaluationPlan, planEvaluation } from '../plan/plan-evaluation.js';
import { ofShard } from '../plan/shard.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { evaluate } from './evaluate.js';
import type { EvaluationProgress } from './progress-reporter.js';

const small = { trajectories: 2, steps: 3, maxNewTokens: 6, guidanceSteps: 1 };
const options: EvaluationOptions = {
  data: 'openings',
  ...small,
  methods: ['bon', 'entrgi'],
  temperatures: [0.7],
  seeds: [1],
};

const planOf = async (more: Partial<EvaluationOptions> = {}) =>
  planEvaluation({ ...options, ...more }, await readData('openings', { limit: 2 }));

test('a journal that has half of it gets the rest, and one that has all of it nothing', async () => {
  const path = join(await temporaryFolder(), 'journal.jsonl');
  // One model to load.
  const plan = await planOf({ reward: 'confidence', judge: 'none', methods: ['base', 'bon'] });
  const told: EvaluationProgress[] = [];
  const run = async (cells = plan.cells): Promise<string> => {
    const journal = await openJournal(path);
    const onProgress = (progress: EvaluationProgress) => told.push(progress);
    await evaluate({ plan, cells, journal, workers: 0, onProgress });
    await journal.close();
    return readFile(path, 'utf8');
  };
  const half = await run(plan.cells.slice(0, 2));
  told.length = 0;
  const whole = await run();
  expect(whole.startsWith(half)).toBe(true);
  expect(told.map(({ done, total }) => `${done}/${total}`)).toEqual(['2/4', '3/4', '4/4']);
  expect(told[2]!.secondsLeft).toBe(0);
  expect(await run()).toBe(whole);
});

test('a journal has what generate gives, the judge beside it, and what it cost', async () => {
  const path = join(await temporaryFolder(), 'journal.jsonl');
  const plan = await planOf();
  const journal = await openJournal(path);
  await evaluate({ plan, journal, workers: 0 });
  await journal.close();

  const lines = await readJournals([path]);
  const { denoiser, reward, dispose } = await loadModels();
  onTestFinished(dispose);
  const models = { denoiser, reward };
  expect(lines.map(({ key }) => key)).toEqual(plan.cells.map(({ key }) => key));
  expect(new Set(lines.map(({ data }) => data))).toEqual(new Set(['openings']));
  for (const { prompt, method, seed, temperature, trajectories, top1, avg, judge, cost, steps } of lines) {
    const result = await generate({
      ...small,
      ...models,
      prompt: prompt as string,
      method: method as 'bon',
      seed,
      temperature,
    });
    expect(trajectories.map(({ judge: _, ...each }) => each)).toEqual(result.trajectories);
    expect([top1, avg]).toEqual([result.reward, result.avg]);
    const best = trajectories.find(({ reward }) => reward === top1)!;
    expect(judge).toBe(best.judge);
    for (const each of trajectories) expect(Math.abs(each.judge! - 0.5)).toBeLessThanOrEqual(0.5);
    expect(cost.seconds).toBeGreaterThan(0);
    // Three steps of two responses, which go through the denoiser once as long as they are alike; one gradient in each, which is two passes, and the last scores.
    expect(cost.denoiserPasses).toBeGreaterThanOrEqual(3);
    expect(cost.denoiserPasses).toBeLessThanOrEqual(6);
    expect(cost.rewardPasses).toBe(method === 'bon' ? 2 : 14);
    expect(steps!.rewards?.length).toBe(method === 'bon' ? undefined : 3);
    steps!.trajectories.forEach(({ tokens, committedAt }, k) => {
      expect(tokens.join('').trim()).toBe(trajectories[k]!.text);
      for (const step of committedAt) expect([1, 2, 3]).toContain(step);
    });
  }
});

test('a prompt that no window holds is named, and left out where that is asked for', async () => {
  const prompts = [
    { prompt: `Tell me of ${'a cat and '.repeat(200)}a dog.` },
    { prompt: 'Tell me of a cat.' },
  ];
  const plan = await planEvaluation({ ...options, methods: ['bon'] }, prompts);
  const leftOut: string[] = [];
  const onTooLong = ({ message }: Error) => leftOut.push(message);
  expect(await fittingExamples(plan, prompts, { onTooLong })).toEqual([prompts[1]]);
  const named =
    /^The prompt "Tell me of a cat and a cat and .*…": Expected a prompt of fewer than 256 tokens/;
  expect(leftOut).toEqual([expect.stringMatching(named)]);
  await expect(fittingExamples(plan, [prompts[0]!], { onTooLong })).rejects.toThrow(
    'Expected a prompt that all models hold with 6 tokens, got none.',
  );
  const journal = await openJournal(join(await temporaryFolder(), 'journal.jsonl'));
  const failure = evaluate({ plan, journal, workers: 0 });
  await expect(failure).rejects.toThrow(InvalidArgumentError);
  await expect(failure).rejects.toThrow(named);
  await expect(failure).rejects.toThrow('skipLong (--skip-long) leaves out what a model does not hold.');
  await journal.close();
});

test('a journal has what an autoregressive model makes of each response', async () => {
  const folder = await temporaryFolder();
  const causal = layOut(folder, 'causal', causalFixture);
  const plan = await planOf({ methods: ['bon'], reward: 'confidence', judge: 'none', perplexity: causal });
  const journal = await openJournal(join(folder, 'journal.jsonl'));
  await evaluate({ plan, journal, workers: 0 });
  await journal.close();
  const perplexity = await loadPerplexity(causal);
  for (const { settings, trajectories } of await readJournals([join(folder, 'journal.jsonl')])) {
    expect(settings).toMatchObject({ perplexity: 'causal', hashes: { perplexity: expect.any(String) } });
    const rated = await perplexity.rate(trajectories.map(({ text }) => text));
    expect(trajectories.map(({ negativeLogLikelihood }) => negativeLogLikelihood)).toEqual(rated);
    for (const nats of rated) expect(nats).toBeGreaterThan(0);
  }
  await perplexity.dispose();
  const plain = await planOf({ methods: ['bon'], reward: 'confidence', judge: 'none' });
  expect(plan.cells[0]!.key).not.toBe(plain.cells[0]!.key);
  await expect(planOf({ perplexity: join(folder, 'nowhere') })).rejects.toThrow('nowhere');
});

test('keys differ by whatever the result depends on, and by nothing else', async () => {
  const keys = async (more: Partial<EvaluationOptions>) => (await planOf(more)).cells.map(({ key }) => key);
  const first = await keys({});
  expect(new Set(first).size).toBe(4);
  expect((await keys({ methods: ['entrgi', 'bon'] })).toSorted()).toEqual(first.toSorted());
  for (const more of [
    { seeds: [2] },
    { temperatures: [0.1] },
    { steps: 6 },
    { judge: 'none' },
    { topK: 50 },
    { reward: 'confidence' },
    { reward: `log-ratio:${denoiserDirectory}` },
  ]) {
    expect(await keys(more)).not.toEqual(expect.arrayContaining([first[0]]));
  }
});

test('rewards without a reward model have names, and are those of their models', async () => {
  const recorded = async (reward: string) => (await planOf({ reward })).cells[0]!.recorded;
  const { hashes, ...confidence } = await recorded('confidence');
  expect(confidence).toMatchObject({ denoiser: 'denoiser', reward: 'confidence' });
  // The key has hashes and no names: what rates in another way has another one.
  const own = await recorded(`log-ratio:${denoiserDirectory}`);
  expect(new Set([hashes.denoiser, hashes.reward, own.hashes.reward]).size).toBe(3);
  const ratio = await recorded(`log-ratio:${rewardDirectory}`);
  expect(ratio.reward).toBe('log-ratio:reward');
  expect(ratio.hashes.reward).not.toBe(own.hashes.reward);
});

test('work goes seed by seed and prompt by prompt, and equal shards have equal shares of every method', async () => {
  const { cells } = await planOf({ seeds: [1, 2] });
  const [prompts, methods] = [2, 2];
  const bySeed = [cells.slice(0, prompts * methods), cells.slice(prompts * methods)];
  bySeed.forEach((ofSeed, i) => {
    expect(new Set(ofSeed.map(({ seed }) => seed))).toEqual(new Set([i + 1]));
    for (const half of [ofSeed.slice(0, methods), ofSeed.slice(methods)]) {
      expect(new Set(half.map(({ prompt }) => prompt)).size).toBe(1);
      expect(new Set(half.map(({ method }) => method)).size).toBe(methods);
    }
    for (const index of [1, 2]) {
      const shard = ofShard(ofSeed, { index, count: 2 });
      expect(new Set(shard.map(({ method }) => method)).size).toBe(methods);
    }
  });
});

test('a journal of other settings is refused, one with other methods, temperatures and seeds is not', async () => {
  const [mine, theirs] = [await planOf(), await planOf({ steps: 6, judge: 'none' })];
  const lines = theirs.cells.map(({ method, recorded }) => ({ method, settings: recorded }) as never);
  expect(() => checkJournal(lines, mine.cells, 'j.jsonl')).toThrow(
    /^j\.jsonl: expected results with steps 3, judge \(hash\) [0-9a-f]{32}, got some with steps 6, judge \(hash\) none \(bon\)\. Name another --out, or take its settings: steps 6, /,
  );
  const judged = (await planOf({ judge: 'none' })).cells.map(
    ({ method, recorded }) => ({ method, settings: recorded }) as never,
  );
  expect(() => checkJournal(judged, mine.cells, 'j.jsonl')).toThrow(
    /judge \(hash\) [0-9a-f]{32}, got some with judge \(hash\) none/,
  );
  const more = await planOf({ methods: ['aps'], temperatures: [0.1], seeds: [5] });
  checkJournal(
    mine.cells.map(({ method, recorded }) => ({ method, settings: recorded }) as never),
    more.cells,
    'j.jsonl',
  );
});

test('every method that generate knows can be planned', async () => {
  const { cells } = await planOf({ methods: methodNames });
  expect(cells.map(({ method }) => method).toSorted()).toEqual([...methodNames, ...methodNames].toSorted());
});

test('parts of settings that are objects are named one by one, and what differs is for the caller to say', async () => {
  const [mine, theirs] = [await planOf(), await planOf({ dtype: { denoiser: 'fp32', reward: 'q8' } })];
  const lines = theirs.cells.map(({ method, recorded }) => ({ method, settings: recorded }) as never);
  expect(() =>
    checkJournal(lines, mine.cells, 'j.jsonl', (all) =>
      all.map(({ name, found }) => `${name}=${found}`).join(),
    ),
  ).toThrow(
    'j.jsonl: expected results with dtype.denoiser none, dtype.reward none, got some with dtype.denoiser fp32, dtype.reward q8 (bon). ' +
      'Name another --out, or dtype.denoiser=fp32,dtype.reward=q8.',
  );
});

test('every denoiser goes with every reward, one pair after the other; alone it is the very same work', async () => {
  const one: Partial<EvaluationOptions> = { methods: ['bon'], trajectories: 1, steps: 1 };
  const rewards = ['embedded', moodDirectory];
  const plan = await planOf({ ...one, reward: rewards });
  expect(plan.cells.map(({ recorded }) => recorded.reward)).toEqual(['reward', 'reward', 'mood', 'mood']);
  const alone = await Promise.all(rewards.map((reward) => planOf({ ...one, reward })));
  expect(plan.cells).toEqual(alone.flatMap(({ cells }) => cells));
  expect(alone[0]!.cells).toEqual((await planOf(one)).cells);
  const confident = await planOf({
    ...one,
    denoiser: [denoiserDirectory, 'embedded'],
    reward: ['confidence'],
  });
  expect(confident.cells.map(({ recorded }) => recorded.reward)).toEqual(['confidence', 'confidence']);
  // A worker has all of them, and holds one pair at a time.
  const loaded = (pairs: EvaluationPlan) =>
    Math.max(...alone.map(({ modelBytes }) => modelBytes)) === pairs.modelBytes;
  expect(loaded(plan)).toBe(true);
});

test('options that cannot work are refused before anything is loaded', async () => {
  const refused = (more: object, what: string) => expect(planOf(more as never)).rejects.toThrow(what);
  await refused({ methods: ['entropy'] }, 'method: expected');
  await refused({ seeds: [] }, 'seeds: expected at least one');
  await refused({ reward: [] }, 'reward: expected at least one model');
  await refused({ denoiser: [{}] }, 'denoiser: expected the name of a model');
  await refused({ steps: 0 }, 'steps: expected');
  await refused({ stepz: 4 }, "Is 'steps' meant?");
  await refused({ temperatures: [-1] }, 'temperature');
});
