import { methodNames } from 'entrgi';
import { expect, test } from 'vitest';
import type { JournalLine } from '../journal/journal-line.js';
import { smallLine } from '../testing/small-line.js';
import { makeReport } from './make-report.js';
import { methodStyle } from './summary/method-styles.js';
import { methodOrder } from './summary/summarize.js';

/** Results of two methods on three prompts with two seeds; Top@1 and judge by what follows. */
const line = (method: string, prompt: number, seed: number, top1: number, judge: number): JournalLine => {
  const trajectories = [
    { text: `<b>best</b> of ${method}`, tokenIds: [1, 2], reward: top1, judge },
    { text: 'the other one', tokenIds: [3, 4], reward: top1 - 2, judge: judge / 2 },
  ];
  const settings = {
    denoiser: 'd',
    reward: 'r',
    judge: 'j',
    hashes: { denoiser: 'd0', reward: 'r0', judge: 'j0' },
  };
  const guided = method === 'entrgi';
  return smallLine(seed, {
    key: `${method}${prompt}${seed}`,
    prompt: `prompt ${prompt} & more`,
    method,
    settings: { ...settings, guidanceSteps: guided ? 3 : 0, trajectories: 2 },
    trajectories,
    top1,
    avg: top1 - 1,
    judge,
    cost: { seconds: guided ? 4 : 1, denoiserPasses: 16, rewardPasses: guided ? 98 : 2 },
    steps: {
      ...(guided ? { rewards: [null, 1, 2], entropyWeights: [null, 0.5, 0.25] } : {}),
      trajectories: trajectories.map(() => ({ tokens: ['<b>', ' x'], committedAt: [3, 1] })),
    },
  });
};

const lines = [1, 2].flatMap((seed) =>
  [0, 1, 2].flatMap((prompt) => [
    line('bon', prompt, seed, prompt + seed / 10, 0.5),
    // More reward by 1, 2 and 3; less of what the judge likes, by 0.25 each.
    line('entrgi', prompt, seed, 2 * prompt + 1 + seed / 10, 0.25),
  ]),
);

test('the numbers are those of the definition', async () => {
  const { summary } = await makeReport(lines);
  expect(summary).toMatchObject({ results: 12, prompts: 3, seeds: [1, 2] });
  const [{ temperatures, models, settings }] = summary.setups as [(typeof summary.setups)[0]];
  expect(models).toEqual({ denoiser: 'd', reward: 'r', judge: 'j' });
  expect(settings).toMatchObject({ guidanceSteps: 3 });
  const [bon, entrgi] = temperatures[0]!.methods as [
    (typeof temperatures)[0]['methods'][0],
    (typeof temperatures)[0]['methods'][0],
  ];
  expect([bon.method, entrgi.method]).toEqual(['bon', 'entrgi']);
  // Seeds: 1.1 and 1.2; their standard deviation 0.0707, over √2.
  expect(bon.top1).toEqual({ mean: expect.closeTo(1.15, 12), error: expect.closeTo(0.05, 12) });
  expect(bon.avg.mean).toBeCloseTo(0.15, 12);
  expect(bon.judge).toEqual({ mean: 0.5, error: 0 });
  expect(bon.judgeAvg!.mean).toBeCloseTo(0.375, 12);
  // Where it is compared with entrgi, it is the other way round.
  expect(bon.differences).toMatchObject([{ against: 'entrgi', top1: { mean: expect.closeTo(-2, 12) } }]);
  // 1, 2 and 3: mean 2, standard deviation 1, over √3.
  const [compared] = entrgi.differences;
  expect(compared).toMatchObject({ against: 'bon', prompts: 3 });
  expect(compared!.top1.mean).toBeCloseTo(2, 12);
  expect(compared!.top1.error).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(compared!.judge).toEqual({ mean: -0.25, error: 0 });
  // Of all: 0.1875 against 0.375.
  expect(compared!.judgeAvg!.mean).toBeCloseTo(-0.1875, 12);
  expect(temperatures[0]!.errorOver).toBe('seeds');
  expect(entrgi.cost).toEqual({ seconds: 4, denoiserPasses: 16, rewardPasses: 98 });
  expect(entrgi.rewardByStep).toEqual([null, 1, 2]);
  expect(bon.rewardByStep).toEqual([]);
  expect(entrgi.keys).toHaveLength(6);
  const { bestOf } = temperatures[0]!;
  expect(bestOf).toMatchObject({
    method: 'bon',
    points: [
      { n: 1, passes: 9, seconds: 0.5 },
      { n: 2, passes: 18, seconds: 1 },
    ],
  });
  expect(bestOf!.points.map(({ top1 }) => top1)).toEqual([
    expect.closeTo(0.15, 12),
    expect.closeTo(1.15, 12),
  ]);
});

test('the page says the same, needs nothing else, and leads from every number to its lines', async () => {
  const { html } = await makeReport(lines, { command: 'entrgi report <a>' });
  expect(html).toContain('entrgi report &lt;a&gt;');
  expect(html).toContain('prompt 0 &amp; more');
  expect(html).not.toContain('<b>best</b> of');
  // Nothing is fetched: no address but the namespaces of SVG.
  expect(html.replaceAll(/http:\/\/www\.w3\.org\/\d+\/(svg|xlink|xmlns\/?|xhtml)/g, '')).not.toMatch(
    /https?:|src=|@import|url\(/,
  );
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target!);
  expect(targets.length).toBeGreaterThan(20);
  for (const target of targets) expect(ids).toContain(target);
  for (const { key } of lines) expect(ids).toContain(`k-${key}`);
  expect(html).toContain('1.15 ± 0.05');
  expect(html.match(/\+2\.00 ± 0\.58/g)!.length).toBeGreaterThan(1);
  expect(html.match(/<table><caption>/g)).toHaveLength(1);
  expect(html).toContain('−0.25 ± 0.00');
  expect(html.match(/<svg/g)).toHaveLength(5);
  // Names that no reader of a screen is given, and axe refuses.
  expect(html).not.toMatch(/<g[^>]* aria-label=/);
  expect(html.match(/<main>/g)).toHaveLength(1);
  expect(html).toContain('title="step 3">&lt;b&gt;</span>');
});

test('every method has its place, and a mark of its own that is drawn', async () => {
  const others = methodNames.map((method) => line(method, 0, 1, 1, 0.5));
  const { summary, html } = await makeReport([...others.toReversed(), line('mine', 0, 1, 1, 0.5)]);
  const methods = summary.setups.flatMap(({ temperatures }) =>
    temperatures.flatMap((each) => each.methods.map(({ method }) => method)),
  );
  expect(methods.toSorted()).toEqual([...methodNames, 'mine'].toSorted());
  expect(methodOrder.toSorted()).toEqual(methodNames.toSorted());
  const styles = [...methodNames, 'mine'].map(methodStyle);
  for (const part of ['color', 'symbol', 'dash'] as const) {
    expect(new Set(styles.map((style) => style[part])).size).toBe(styles.length);
  }
  for (const { color } of styles) expect(html).toContain(`stroke="${color}"`);
});

test('perplexity is that of the mean over responses, where every result has one', async () => {
  const rated = (nats: (seed: number) => readonly (number | null)[]) =>
    lines.map((each) => ({
      ...each,
      settings: { ...each.settings, perplexity: 'gpt2' },
      trajectories: each.trajectories.map((one, k) => ({
        ...one,
        negativeLogLikelihood: nats(each.seed)[k]!,
      })),
    }));
  // Two seeds, of log 2 and log 8: their mean is log 4, its error half their distance, log 2.
  const { summary, html, markdown } = await makeReport(
    rated((seed) => (seed === 1 ? [0, Math.log(4)] : [Math.log(8), null])),
  );
  const { models, temperatures } = summary.setups[0]!;
  expect(models).toMatchObject({ perplexity: 'gpt2' });
  for (const { perplexity } of temperatures[0]!.methods) {
    expect(perplexity!.mean).toBeCloseTo(4, 12);
    expect(perplexity!.error).toBeCloseTo(4 * Math.log(2), 12);
  }
  expect(html).toContain('4.00 ± 2.77');
  expect(markdown).toMatch(/\| perplexity \| seconds \|[\s\S]*\| 4\.00 ± 2\.77 \| 1\.00 \|/);
  const none = await makeReport(rated(() => [null, null]));
  expect(none.html + none.markdown).not.toMatch(/NaN|col">perplexity<|\| perplexity/);
  expect((await makeReport([...rated(() => [1, 1]).slice(1), lines[0]!])).html).not.toContain('NaN');
});

test('the order of the lines changes nothing; times can be left out', async () => {
  const shuffled = lines.toReversed();
  expect(await makeReport(shuffled)).toEqual(await makeReport(lines));
  const slower = lines.map((each) => ({ ...each, cost: { ...each.cost, seconds: 7 * each.cost.seconds } }));
  expect(await makeReport(slower)).not.toEqual(await makeReport(lines));
  const without = await makeReport(lines, { withoutSeconds: true });
  expect(await makeReport(slower, { withoutSeconds: true })).toEqual(without);
  expect(without.markdown).toMatch(/\| entrgi \| .* \| – \| 16 \| 98 \|/);
});

test('what is missing is left out: one seed, no judge, no steps; other settings are another table', async () => {
  const bare = lines
    .filter(({ seed }) => seed === 1)
    .map(({ judge: _, steps: __, settings, trajectories, ...each }) => ({
      ...each,
      settings: { ...settings, steps: 4 },
      trajectories: trajectories.map(({ judge: _j, ...rest }) => rest),
    }));
  const { summary, html, markdown } = await makeReport(bare);
  const [temperature] = summary.setups[0]!.temperatures;
  // Prompts have 0.1, 1.1 and 2.1.
  expect(temperature).toMatchObject({ errorOver: 'prompts' });
  expect(temperature!.methods[0]!.top1.error).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(html).not.toContain('NaN');
  expect(html.match(/<svg/g)).toHaveLength(2);
  expect(markdown).not.toMatch(/NaN|undefined|null/);
  expect(
    (await makeReport([...lines, ...bare.map((each) => ({ ...each, key: `${each.key}b` }))])).summary.setups,
  ).toHaveLength(2);
  await expect(makeReport([])).rejects.toThrow('lines: expected at least one result, got none.');
});

test('one method with several numbers of responses or guidance steps has a row for each, and never their mean', async () => {
  const variant = (each: JournalLine, settings: object, top1: number): JournalLine => ({
    ...each,
    key: `${each.key}-${JSON.stringify(settings).replace(/\W/g, '')}`,
    settings: { ...each.settings, ...settings },
    trajectories: [{ ...each.trajectories[0]!, reward: top1 }],
    top1,
    avg: top1,
  });
  const [bon, entrgi] = ['bon', 'entrgi'].map((name) => lines.filter(({ method }) => method === name)) as [
    JournalLine[],
    JournalLine[],
  ];
  const more = [
    ...entrgi.map((each) => variant(each, { guidanceSteps: 1 }, 10)),
    ...bon.map((each) => variant(each, { trajectories: 8 }, 5)),
  ];
  const { summary, html, markdown } = await makeReport([...lines, ...more]);
  expect(summary.setups).toHaveLength(1);
  const { methods, bestOf } = summary.setups[0]!.temperatures[0]!;
  expect(methods.map(({ name, top1 }) => [name, top1.mean])).toEqual([
    ['bon (K 2)', expect.closeTo(1.15, 12)],
    ['bon (K 8)', 5],
    ['entrgi (M 1)', 10],
    ['entrgi (M 3)', expect.closeTo(3.15, 12)],
  ]);
  const first = methods.find(({ name }) => name === 'entrgi (M 1)')!;
  expect(first.differences.map(({ against, top1 }) => [against, top1.mean])).toEqual([
    ['bon (K 2)', expect.closeTo(10 - 1.15, 12)],
    ['bon (K 8)', 5],
    ['entrgi (M 3)', expect.closeTo(10 - 3.15, 12)],
  ]);
  expect(bestOf!.method).toBe('bon (K 2)');
  for (const text of [html, markdown]) expect(text).toContain('entrgi (M 1)');
});

test('best-of-n costs what one unguided response does, and then what each further one adds', async () => {
  // One of base costs 9 passes and 2 seconds; four of bon 18 and 5, as equal ones are computed once.
  const priced = [0, 1, 2].flatMap((prompt) => {
    const [base, bon] = ['base', 'bon'].map((method) => line(method, prompt, 1, 1, 0.5)) as [
      JournalLine,
      JournalLine,
    ];
    return [
      {
        ...base,
        trajectories: base.trajectories.slice(0, 1),
        cost: { seconds: 2, denoiserPasses: 8, rewardPasses: 1 },
      },
      {
        ...bon,
        trajectories: [...bon.trajectories, ...bon.trajectories],
        cost: { seconds: 5, denoiserPasses: 14, rewardPasses: 4 },
      },
    ];
  });
  const { summary } = await makeReport(priced);
  const { points } = summary.setups[0]!.temperatures[0]!.bestOf!;
  expect(points.map(({ passes }) => passes)).toEqual([9, 12, 15, 18]);
  expect(points.map(({ seconds }) => seconds)).toEqual([2, 3, 4, 5]);
});

test('of one prompt nothing is said to be clear, or not to be', async () => {
  const { html, markdown } = await makeReport(lines.filter(({ prompt }) => prompt === lines[0]!.prompt));
  for (const text of [html, markdown]) expect(text).not.toMatch(/standard errors? from 0;/);
  expect(html).toContain('<b>Minus bon</b>, 1 prompt<');
});

test('every data set has a section of its own, and a journal that names none joins the only one', async () => {
  const named = (data: string | undefined, name: string) =>
    lines.map((each) => ({ ...each, key: `${each.key}-${name}`, data }));
  const { summary, html, markdown } = await makeReport([...named('a.jsonl', 'a'), ...named('b <1>', 'b')]);
  expect(summary.setups.map(({ data }) => data)).toEqual(['a.jsonl', 'b <1>']);
  for (const { temperatures } of summary.setups) {
    for (const { results } of temperatures[0]!.methods) expect(results).toBe(6);
  }
  expect(html).toContain('d × r, b &lt;1&gt;');
  expect(markdown).toContain('## 2. d × r, b <1>');
  const older = lines.map((each) => ({ ...each, key: `${each.key}-c`, prompt: `${each.prompt} and more` }));
  const joined = (await makeReport([...named('a.jsonl', 'a'), ...older])).summary.setups;
  expect(joined.map(({ data, temperatures }) => [data, temperatures[0]!.methods[0]!.results])).toEqual([
    [undefined, 12],
  ]);
});

test('every pair of models has a section of its own', async () => {
  const others = lines.map((each) => ({
    ...each,
    key: `${each.key}-mood`,
    settings: { ...each.settings, reward: 'mood', hashes: { ...each.settings.hashes, reward: 'r1' } },
  }));
  const { summary, html, markdown } = await makeReport([...lines, ...others]);
  expect(summary.setups.map(({ models }) => models.reward).toSorted()).toEqual(['mood', 'r']);
  for (const { temperatures } of summary.setups) {
    for (const { results } of temperatures[0]!.methods) expect(results).toBe(6);
  }
  for (const text of ['d × r', 'd × mood']) {
    expect(html).toContain(text);
    expect(markdown).toContain(text);
  }
});
