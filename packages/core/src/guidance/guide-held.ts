import { keepMostProbable } from '../candidates/apply-filters.js';
import type { Filter, FilterRule } from '../contracts/guidance/filter.js';
import type { HoldRequest } from '../contracts/guidance/held-logits.js';
import type { RewardContext } from '../contracts/guidance/reward.js';
import { placed } from '../errors/at-place.js';
import { relaxedTemperature } from '../softmax/relaxed-temperature.js';
import { inverse } from '../softmax/softmax.js';
import { countExcluded, notFinite, placeOfRow, whenIn, worst } from './finite-rows.js';
import type { GuidanceSettings, Guided } from './guide-trajectories.js';
import { provisionalAttention } from './provisional-attention.js';
import { tokenWeight } from './token-weight.js';
import type { TrajectoryGroup } from './trajectory-groups.js';

/**
 * What logits are held with; undefined where a graph does not know what is asked for, or where candidates are
 * few enough without.
 */
export const heldSettings = (
  { request: { logits, filters, temperature } }: Pick<TrajectoryGroup, 'request'>,
  { optimizer, hardFilters = filters, entropyOf, softTemperature }: GuidanceSettings,
): Pick<HoldRequest, 'optimizer' | 'filters' | 'scales'> | undefined => {
  const rules = rulesOf(hardFilters);
  if (logits.tokenIds !== undefined || optimizer.rule === undefined) return undefined;
  // Of other filters the most probable token that they keep is known to themselves only.
  if (rules === undefined || !keepMostProbable(filters)) return undefined;
  const sampling = relaxedTemperature(temperature);
  return {
    optimizer: optimizer.rule,
    filters: rules,
    scales: {
      soft: inverse(softTemperature ?? sampling),
      entropy: inverse(entropyOf === 'untempered' ? 1 : sampling),
      draw: inverse(sampling),
    },
  };
};

const rulesOf = (filters: readonly Filter[]): FilterRule[] | undefined => {
  const rules = filters.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  return rules.length === filters.length ? rules : undefined;
};

/**
 * All guidance steps of one denoising step for some trajectories, where the reward computes: the same as
 * guideTrajectories. Moves their logits in place.
 */
export const guideHeld = async (
  group: TrajectoryGroup,
  held: Pick<HoldRequest, 'optimizer' | 'filters' | 'scales'>,
  {
    hold,
    settings,
  }: { readonly hold: NonNullable<RewardContext['hold']>; readonly settings: GuidanceSettings },
): Promise<Guided> => {
  const { logits, rows, trajectories, tokenIds: given, temperature, signal, step } = group.request;
  const { values, offsets, size } = logits;
  const { relaxation, guidanceSteps, vocabulary } = settings;
  const length = given.length / trajectories;
  const placeOf = (row: number) => placeOfRow(group, row);
  const excluded = countAll(values, offsets, (row) => {
    throw notFinite(placeOf(row), `logits ${whenIn(0)}`, worst(values, offsets[row]!, offsets[row + 1]!));
  });
  /** One number for each row in order, seen or not: as those that draw row by row. */
  const uniformsOf = (m: number): Float64Array => {
    const streams = Array.from({ length: trajectories }, (_, k) => group.request.random(k, m));
    return Float64Array.from(rows, (slot) => streams[Math.floor(slot / length)]!.uniform());
  };

  const start = performance.now();
  const weights = new Float32Array(rows.length);
  const rewards: Float64Array[] = [];
  signal?.throwIfAborted();
  const resident = await hold({ logits: values, size, ...held, uniforms: uniformsOf(0), signal });
  try {
    for (let m = 0; m < guidanceSteps; m++) {
      signal?.throwIfAborted();
      const { drawn, modes, entropies } = resident.seen;
      const [tokenIds, provisional] = [given.slice(), given.slice()];
      for (let row = 0; row < rows.length; row++) {
        if (!Number.isFinite(entropies[row])) {
          throw notFinite(placeOf(row), `logits ${whenIn(m)}`, entropies[row]!);
        }
        const weight = tokenWeight(entropies[row]!, vocabulary.size, relaxation, () => placeOf(row));
        weights[row] = weight;
        const slot = rows[row]!;
        provisional[slot] = modes[row]!;
        tokenIds[slot] = temperature > 0 && weight > 0 ? drawn[row]! : modes[row]!;
      }
      const attention = provisionalAttention(provisional, trajectories, vocabulary);
      const mix = { trajectories, tokenIds, attention, rows, weights, signal };
      // What the last update leads to is drawn from by the sampler.
      const uniforms = m + 1 < guidanceSteps ? uniformsOf(m + 1) : new Float64Array(rows.length);
      rewards.push(
        await resident.step(mix, uniforms).catch((error: unknown) => {
          throw placed(() => `Denoising step ${step}, guidance step ${m + 1}`, error);
        }),
      );
    }
    await resident.read(values);
  } finally {
    await resident.dispose();
  }
  const refuse = (row: number): never => {
    const value = worst(values, offsets[row]!, offsets[row + 1]!);
    throw notFinite(placeOf(row), `logits ${whenIn(guidanceSteps)}`, value);
  };
  countAll(values, offsets, refuse).forEach((count, row) => {
    if (count !== excluded[row]) refuse(row);
  });
  return {
    rewards,
    weights,
    rewardMs: performance.now() - start,
    rewardPasses: 2 * trajectories * guidanceSteps,
  };
};

/** How many logits of each row are −∞; `refuse` is called for a row with a NaN or +∞. */
const countAll = (values: Float32Array, offsets: Int32Array, refuse: (row: number) => never): Float64Array =>
  Float64Array.from({ length: offsets.length - 1 }, (_, row) => {
    const count = countExcluded(values, offsets[row]!, offsets[row + 1]!);
    return Number.isNaN(count) ? refuse(row) : count;
  });
