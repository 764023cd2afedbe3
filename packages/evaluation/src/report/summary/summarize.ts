import { canonicalJson } from '../../journal/canonical-json.js';
import type { JournalLine } from '../../journal/journal-line.js';
import { bestOfSummary } from './best-of-summary.js';
import { differencesOf, judgeOfAll, type Rows, rankingOf } from './differences.js';
import { diversityOf } from './diversity.js';
import { perplexityOf } from './perplexity.js';
import { placeOf, promptOf } from './prompt-of.js';
import { rowNames, settled } from './row-names.js';
import { type Estimate, estimateOver, groupBy, meanOf } from './statistics.js';
import type { MethodSummary, SetupSummary, Summary, TemperatureSummary } from './summary.js';

export interface SummarizeOptions {
  /**
   * Leave measured times out, so that the reports of equal results are equal.
   * @default false
   */
  readonly withoutSeconds?: boolean | undefined;
}

/** In which order methods stand, whatever the order of the results. */
export const methodOrder = [
  'base',
  'bon',
  'bon-compute',
  'expectation',
  'aps',
  'entrgi',
  'smc',
  'guided-smc',
  'particle-gibbs',
];

/** The numbers of a report. They do not depend on the order of the lines. */
export const summarize = (lines: readonly JournalLine[], options: SummarizeOptions = {}): Summary => {
  const inOrder = lines.toSorted(
    (a, b) => place(a) - place(b) || bySettled(a, b) || a.seed - b.seed || compare(a.key, b.key),
  );
  // Journals of before this was noted have no data sets: theirs are told apart only where others are.
  const hasSeveral = new Set(lines.flatMap(({ data }) => data ?? [])).size > 1;
  const setups = [
    ...groupBy(inOrder, (line) => canonicalJson([setupOf(line), hasSeveral ? line.data : undefined])),
  ].toSorted(([a], [b]) => compare(a, b));
  return {
    results: lines.length,
    prompts: new Set(lines.map(promptOf)).size,
    seeds: [...new Set(lines.map(({ seed }) => seed))].toSorted((a, b) => a - b),
    setups: setups.map(([, group]) => ({
      ...(hasSeveral ? { data: group[0]!.data } : {}),
      ...setupSummary(group, options),
    })),
    versions: [...new Set(lines.map(({ versions }) => canonicalJson(versions)))]
      .toSorted()
      .map((json) => JSON.parse(json)),
  };
};

const place = ({ method }: JournalLine): number => {
  const index = methodOrder.indexOf(method);
  return index < 0 ? methodOrder.length : index;
};

/** Fewer responses first, then fewer guidance steps. */
const bySettled = (a: JournalLine, b: JournalLine): number =>
  settled
    .map((name) => Number(a.settings[name] ?? 0) - Number(b.settings[name] ?? 0))
    .find((difference) => difference !== 0) ?? 0;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * What one table may not mix: models and settings, but for those that a method settles or that there is a
 * table for each of.
 */
export const setupOf = ({ settings }: JournalLine): string => {
  const { temperature: _t, ...shared } = settings;
  return canonicalJson({ ...shared, ...Object.fromEntries(settled.map((name) => [name, undefined])) });
};

const setupSummary = (lines: readonly JournalLine[], options: SummarizeOptions): SetupSummary => {
  const { denoiser, reward, judge, perplexity, hashes, temperature: _t, ...settings } = lines[0]!.settings;
  const temperatures = [...groupBy(lines, (line) => line.temperature)].toSorted(([a], [b]) => a - b);
  return {
    models: {
      denoiser,
      reward,
      ...(judge === undefined ? {} : { judge }),
      ...(perplexity === undefined ? {} : { perplexity }),
    },
    hashes,
    settings: { ...settings, ...asked(lines) },
    temperatures: temperatures.map(([temperature, group]) => temperatureSummary(temperature, group, options)),
  };
};

/** Of what methods settle, what those that settle nothing were asked for; several where rows differ. */
const asked = (lines: readonly JournalLine[]): Record<string, unknown> => {
  const guided = lines.filter(({ settings }) => Number(settings.guidanceSteps) > 0);
  const unsettled = guided.length === 0 ? lines.slice(-1) : guided;
  return Object.fromEntries(
    settled.map((name) => {
      const values = [...new Set(unsettled.map(({ settings }) => settings[name]))];
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
};

const temperatureSummary = (
  temperature: number,
  lines: readonly JournalLine[],
  { withoutSeconds = false }: SummarizeOptions,
): TemperatureSummary => {
  const rows = groupBy(lines, rowNames(lines));
  const places = new Set(lines.map(placeOf)).size;
  const isEven = [...rows.values()].every((row) => new Set(row.map(placeOf)).size === places);
  const seeds = new Set(lines.map(({ seed }) => seed)).size;
  const isWhole = isEven && places === seeds * new Set(lines.map(promptOf)).size;
  const errorOver = isWhole && seeds > 1 ? 'seeds' : 'prompts';
  const bestOf = bestOfSummary(rows, withoutSeconds);
  return {
    temperature,
    methods: [...rows.keys()].map((name) => methodSummary(name, rows, { errorOver, withoutSeconds })),
    isEven,
    errorOver,
    ranking: rankingOf(rows),
    ...(bestOf === undefined ? {} : { bestOf }),
  };
};

interface RowOptions extends Pick<TemperatureSummary, 'errorOver'> {
  readonly withoutSeconds: boolean;
}

const methodSummary = (
  name: string,
  rows: Rows,
  { errorOver, withoutSeconds }: RowOptions,
): MethodSummary => {
  const lines = rows.get(name)!;
  const unitOf = errorOver === 'seeds' ? ({ seed }: JournalLine) => seed : promptOf;
  const over = (value: (line: JournalLine) => number): Estimate => estimateOver(lines, unitOf, value);
  const isJudged = lines.every(({ judge }) => judge !== undefined);
  const perplexity = perplexityOf(lines, unitOf);
  const diversities = lines.map(({ trajectories }) =>
    diversityOf(trajectories.slice(0, 4).map(({ text }) => text)),
  );
  return {
    name,
    method: lines[0]!.method,
    keys: lines.map(({ key }) => key),
    results: lines.length,
    trajectories: meanOf(lines.map(({ trajectories }) => trajectories.length)),
    top1: over(({ top1 }) => top1),
    avg: over(({ avg }) => avg),
    ...(isJudged ? { judge: over(({ judge }) => judge!), judgeAvg: over(judgeOfAll) } : {}),
    ...(perplexity === undefined ? {} : { perplexity }),
    cost: {
      seconds: withoutSeconds ? null : meanOf(lines.map(({ cost }) => cost.seconds)),
      denoiserPasses: meanOf(lines.map(({ cost }) => cost.denoiserPasses)),
      rewardPasses: meanOf(lines.map(({ cost }) => cost.rewardPasses)),
    },
    diversity: {
      distinct: [0, 1, 2].map((n) => meanOfSome(diversities.map(({ distinct }) => distinct[n] ?? null))),
      selfBleu: meanOfSome(diversities.map(({ selfBleu }) => selfBleu)),
    },
    differences: differencesOf(name, rows),
    rewardByStep: byStep(lines, ({ steps }) => steps?.rewards),
    entropyWeightByStep: byStep(lines, ({ steps }) => steps?.entropyWeights),
  };
};

const byStep = (
  lines: readonly JournalLine[],
  of: (line: JournalLine) => readonly (number | null)[] | undefined,
): (number | null)[] => {
  const lists =
    lines.flatMap((line) => of(line) ?? []).length === 0 ? [] : lines.map((line) => of(line) ?? []);
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, i) => meanOfSome(lists.map((list) => list[i] ?? null)));
};

const meanOfSome = (values: readonly (number | null)[]): number | null => {
  const some = values.filter((value): value is number => value !== null);
  return some.length === 0 ? null : meanOf(some);
};
