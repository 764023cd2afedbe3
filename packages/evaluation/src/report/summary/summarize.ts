import { canonicalJson } from '../../journal/canonical-json.js';
import type { JournalLine } from '../../journal/journal-line.js';
import { bestOfCurve } from './best-of-curve.js';
import { diversityOf } from './diversity.js';
import { perplexityOf } from './perplexity.js';
import { rowNames, settled } from './row-names.js';
import { type Estimate, estimateOver, groupBy, meanOf } from './statistics.js';
import type {
  BestOfSummary,
  DifferenceSummary,
  MethodSummary,
  RankingSummary,
  SetupSummary,
  Summary,
  TemperatureSummary,
} from './summary.js';

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
  const setups = [...groupBy(inOrder, setupOf)].toSorted(([a], [b]) => compare(a, b));
  return {
    results: lines.length,
    prompts: new Set(lines.map(promptOf)).size,
    seeds: [...new Set(lines.map(({ seed }) => seed))].toSorted((a, b) => a - b),
    setups: setups.map(([, group]) => setupSummary(group, options)),
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
const setupOf = ({ settings }: JournalLine): string => {
  const { temperature: _t, ...shared } = settings;
  return canonicalJson({ ...shared, ...Object.fromEntries(settled.map((name) => [name, undefined])) });
};

export const promptOf = ({ prompt }: JournalLine): string => canonicalJson(prompt);

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
  options: SummarizeOptions,
): TemperatureSummary => {
  const groups = groupBy(lines, rowNames(lines));
  const places = [...groups.values()].map((group) =>
    canonicalJson([...new Set(group.map(placeOf))].toSorted()),
  );
  const methods = [...groups].map(([name, group]) => methodSummary(name, group, groups, options));
  const bestOf = bestOfSummary(groups, options);
  const isEven = new Set(places).size === 1;
  return {
    temperature,
    methods,
    isEven,
    ranking: rankingOf(groups),
    ...(bestOf === undefined ? {} : { bestOf }),
  };
};

const seedOf = ({ seed }: JournalLine) => seed;

const methodSummary = (
  name: string,
  lines: readonly JournalLine[],
  groups: ReadonlyMap<string, readonly JournalLine[]>,
  { withoutSeconds = false }: SummarizeOptions,
): MethodSummary => {
  const overSeeds = (value: (line: JournalLine) => number): Estimate => estimateOver(lines, seedOf, value);
  const isJudged = lines.every(({ judge }) => judge !== undefined);
  const perplexity = perplexityOf(lines);
  const diversities = lines.map(({ trajectories }) =>
    diversityOf(trajectories.slice(0, 4).map(({ text }) => text)),
  );
  return {
    name,
    method: lines[0]!.method,
    keys: lines.map(({ key }) => key),
    results: lines.length,
    trajectories: meanOf(lines.map(({ trajectories }) => trajectories.length)),
    top1: overSeeds(({ top1 }) => top1),
    avg: overSeeds(({ avg }) => avg),
    ...(isJudged
      ? {
          judge: overSeeds(({ judge }) => judge!),
          judgeAvg: overSeeds(({ trajectories }) =>
            meanOf(trajectories.map(({ judge = Number.NaN }) => judge)),
          ),
        }
      : {}),
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
    differences: ['bon', 'bon-compute'].flatMap((method) =>
      [...groups]
        .filter(([against, [other]]) => against !== name && other!.method === method)
        .flatMap(([against, others]) => differenceSummary(lines, against, others, isJudged)),
    ),
    rewardByStep: byStep(lines, ({ steps }) => steps?.rewards),
    entropyWeightByStep: byStep(lines, ({ steps }) => steps?.entropyWeights),
  };
};

/** What the published tables say of Top@1, the best first. */
export const publishedOrder = ['entrgi', 'aps', 'expectation', 'bon'];

/** Of methods with several rows, the first. */
const rankingOf = (groups: ReadonlyMap<string, readonly JournalLine[]>): RankingSummary[] => {
  const ranked = publishedOrder.flatMap((method) => {
    const found = [...groups].find(([, [line]]) => line!.method === method);
    return found === undefined ? [] : [found];
  });
  return ranked.slice(1).flatMap(([against, others], i) => {
    const [method, lines] = ranked[i]!;
    const isJudged = lines.every(({ judge }) => judge !== undefined);
    return differenceSummary(lines, against, others, isJudged).map((each) => ({ method, ...each }));
  });
};

/** What is compared: a prompt with a seed. */
const placeOf = (line: JournalLine): string => `${line.seed} ${promptOf(line)}`;

const differenceSummary = (
  lines: readonly JournalLine[],
  against: string,
  others: readonly JournalLine[],
  isJudged: boolean,
): DifferenceSummary[] => {
  const byPlace = new Map(others.map((line) => [placeOf(line), line]));
  const pairs = lines.flatMap((line) => {
    const other = byPlace.get(placeOf(line));
    return other === undefined ? [] : [{ line, other }];
  });
  if (pairs.length === 0) return [];
  const over = (value: (line: JournalLine) => number): Estimate =>
    estimateOver(
      pairs,
      ({ line }) => promptOf(line),
      ({ line, other }) => value(line) - value(other),
    );
  const bothJudged = isJudged && others.every(({ judge }) => judge !== undefined);
  return [
    {
      against,
      prompts: new Set(pairs.map(({ line }) => promptOf(line))).size,
      top1: over(({ top1 }) => top1),
      avg: over(({ avg }) => avg),
      ...(bothJudged ? { judge: over(({ judge }) => judge!) } : {}),
    },
  ];
};

/** From the unguided method with the most responses. */
const bestOfSummary = (
  groups: ReadonlyMap<string, readonly JournalLine[]>,
  { withoutSeconds = false }: SummarizeOptions,
): BestOfSummary | undefined => {
  const unguided = ['bon-compute', 'bon'].flatMap((method) =>
    [...groups]
      .filter(([, [line]]) => line!.method === method)
      .toSorted(([, a], [, b]) => samples(b) - samples(a)),
  );
  const [method, lines] = unguided[0] ?? [];
  if (method === undefined || lines === undefined) return undefined;
  const most = samples(lines);
  const curves = lines.map(({ trajectories }) => bestOfCurve(trajectories.map(({ reward }) => reward)));
  const perResponse = (of: (line: JournalLine) => number) =>
    meanOf(lines.map((line) => of(line) / line.trajectories.length));
  const passes = perResponse(({ cost }) => cost.denoiserPasses + cost.rewardPasses);
  const seconds = withoutSeconds ? null : perResponse(({ cost }) => cost.seconds);
  return {
    method,
    points: Array.from({ length: most }, (_, i) => ({
      n: i + 1,
      passes: passes * (i + 1),
      seconds: seconds === null ? null : seconds * (i + 1),
      top1: meanOf(curves.map((curve) => curve[i]!)),
    })),
  };
};

/** Responses per prompt that there are at least. */
const samples = (lines: readonly JournalLine[]): number =>
  Math.min(...lines.map(({ trajectories }) => trajectories.length));

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
