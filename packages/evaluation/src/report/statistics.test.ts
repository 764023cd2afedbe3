import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { JournalLine } from '../journal/journal-line.js';
import { smallLine } from '../testing/small-line.js';
import { makeReport } from './make-report.js';
import { isClear } from './summary/statistics.js';
import type { TemperatureSummary } from './summary/summary.js';

// Eight methods, three seeds, six prompts; made-up numbers, and what numpy makes of them: fixtures/statistics.py.

type Line = readonly [temperature: number, method: string, seed: number, prompt: number, number, number];
interface Expected {
  readonly mean: number;
  readonly error: number | null;
  readonly prompts?: number;
}
type Table = Readonly<Record<string, Row>>;
interface Row {
  readonly top1: Expected;
  readonly judge: Expected;
  readonly differences: Readonly<Record<string, { readonly top1: Expected; readonly judge: Expected }>>;
}

const fixture: {
  readonly lines: readonly Line[];
  readonly threeSeeds: readonly Table[];
  readonly oneSeed: Table;
} = JSON.parse(readFileSync(new URL('../../fixtures/statistics.json', import.meta.url), 'utf8'));

const lines = fixture.lines.map(([temperature, method, seed, prompt, top1, judge]): JournalLine => {
  const guidanceSteps = ['expectation', 'aps', 'entrgi', 'guided-smc'].includes(method) ? 3 : 0;
  return smallLine(seed, {
    key: `${temperature}-${method}-${seed}-${prompt}`,
    prompt: `prompt ${prompt}`,
    method,
    temperature,
    settings: { denoiser: 'd', reward: 'r', judge: 'j', hashes: {}, guidanceSteps },
    trajectories: [{ text: 'a', tokenIds: [1], reward: top1, judge }],
    top1,
    avg: top1,
    judge,
  });
});

const near = ({ mean, error }: Expected) => ({
  mean: expect.closeTo(mean, 10),
  error: error === null ? null : expect.closeTo(error, 10),
});

const expectTable = ({ methods, ranking }: TemperatureSummary, table: Table): void => {
  expect(methods.map(({ name }) => name)).toEqual(Object.keys(table));
  for (const { name, top1, judge, differences } of methods) {
    const row = table[name]!;
    expect({ top1, judge }, name).toEqual({ top1: near(row.top1), judge: near(row.judge) });
    expect(differences.map(({ against }) => against)).toEqual(
      ['bon', 'bon-compute', 'entrgi'].filter((against) => against !== name),
    );
    for (const { against, prompts, ...found } of differences) {
      const wanted = row.differences[against]!;
      expect(found, `${name} − ${against}`).toMatchObject({
        top1: near(wanted.top1),
        judge: near(wanted.judge),
      });
      expect(prompts).toBe(wanted.top1.prompts);
    }
  }
  expect(ranking.map(({ method, against }) => `${method} − ${against}`)).toEqual([
    'entrgi − aps',
    'aps − expectation',
    'expectation − bon',
  ]);
  for (const { method, against, top1 } of ranking) {
    expect(top1).toEqual(near(table[method]!.differences[against]!.top1));
  }
};

describe('the table of eight methods', async () => {
  const { summary, markdown } = await makeReport(lines);
  const [whole, partial] = summary.setups[0]!.temperatures as [TemperatureSummary, TemperatureSummary];

  test('has the means, errors and paired differences that numpy finds', () => {
    expectTable(whole, fixture.threeSeeds[0]!);
    expect(whole).toMatchObject({ isEven: true, errorOver: 'seeds' });
  });

  test('where results are missing, has those that are there, and says that rows do not compare', () => {
    expectTable(partial, fixture.threeSeeds[1]!);
    expect(partial).toMatchObject({ isEven: false, errorOver: 'prompts' });
    const [, second] = markdown.split('### Temperature 1');
    expect(second).toContain(
      'The rows are of different prompts or seeds (results: base 18, bon 17, bon-compute 18,',
    );
    expect(markdown.split('### Temperature 1')[0]).not.toContain('different prompts');
  });

  test('names every difference of more than two standard errors, whichever way, and no other', () => {
    const isSaidOtherwise = (name: string, against: string) =>
      ['bon', 'bon-compute', 'entrgi'].includes(name) && names.indexOf(name) < names.indexOf(against);
    const names = Object.keys(fixture.threeSeeds[0]!);
    const clear = Object.entries(fixture.threeSeeds[0]!).flatMap(([name, { differences }]) =>
      Object.entries(differences)
        .filter(([against]) => ['bon', 'bon-compute', 'entrgi'].includes(against))
        // Two that are each compared with the other are compared once.
        .filter(([against]) => !isSaidOtherwise(name, against))
        .flatMap(([against, { top1, judge }]) => {
          // There is one response each: Avg@K is Top@1, and the judge of all that of the best.
          const measures = [
            ...(isClear(top1) ? ['Top@1', 'Avg@K'] : []),
            ...(isClear(judge) ? ['judge of the best', 'judge of all'] : []),
          ];
          return measures.length === 0 ? [] : [{ pair: `- ${name} − ${against}: `, measures }];
        }),
    );
    const [first] = markdown.split('### Temperature 1') as [string];
    const said = first.match(/^- .* − .*: .*/gm)!;
    expect(said).toHaveLength(clear.length);
    for (const { pair, measures } of clear) {
      const [found] = said.filter((each) => each.startsWith(pair));
      expect(found?.match(/Top@1|Avg@K|judge of the best|judge of all/g), pair).toEqual(measures);
    }
    expect(clear.some(({ pair }) => pair.endsWith('− entrgi: '))).toBe(true);
    const count = clear.reduce((sum, { measures }) => sum + measures.length, 0);
    // Seven against bon, six more against bon-compute, five more against entrgi, of four numbers each.
    expect(first).toContain(
      `${count} of 72 differences are more than two standard errors from 0; if no methods differed, chance would make about 3.`,
    );
    expect(first).toContain('Published order of Top@1: entrgi ≥ aps ≥ expectation > bon. Here: ');
  });
});

test('of one seed there is no error over seeds: all are over prompts', async () => {
  const { summary, markdown } = await makeReport(
    lines.filter(({ seed, temperature }) => seed === 1 && temperature === 0),
  );
  expectTable(summary.setups[0]!.temperatures[0]!, fixture.oneSeed);
  expect(markdown).toContain('Mean ± standard error over prompts.');
});
