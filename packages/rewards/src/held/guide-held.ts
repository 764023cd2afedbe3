import type { DrawRequest, FilterRule, GuidanceRequest, GuidanceSettings, Vocabulary } from '@entrgi/core';
import {
  countExcluded,
  type Guided,
  inverse,
  notFinite,
  placed,
  placeOfRow,
  provisionalAttention,
  relaxedTemperature,
  type TrajectoryGroup,
  tokenWeight,
  whenIn,
  worst,
} from '@entrgi/core/internal';
import type { GivenRows, HeldLogits, HoldRequest } from './hold-logits.js';
import { EXCLUDED } from './look.js';

export interface HeldMeans {
  readonly settings: GuidanceSettings;
  readonly vocabulary: Vocabulary;
  readonly optimizer: NonNullable<GuidanceSettings['optimizer']['rule']>;
  /** What the tokens that the reward is shown are drawn through. */
  readonly hardFilters: readonly FilterRule[];
  hold(request: HoldRequest): Promise<HeldLogits>;
}

type Group = TrajectoryGroup<GuidanceRequest> | TrajectoryGroup<DrawRequest>;

/**
 * All guidance steps of one denoising step for some trajectories, where the reward computes: as
 * rewardGuidance takes them in JavaScript. `finish` is handed what has become of the logits.
 */
export const guideHeld = async (
  { request, firstTrajectory }: Group,
  { settings, vocabulary, optimizer, hardFilters, hold }: HeldMeans,
  finish: (resident: HeldLogits) => Promise<void>,
): Promise<Guided> => {
  const { logits, rows, trajectories, tokenIds: given, temperature, signal, step } = request;
  const { relaxation, guidanceSteps, entropyOf, softTemperature } = settings;
  const length = given.length / trajectories;
  const placeOf = (row: number) => placeOfRow({ request, firstTrajectory }, row);
  const sampling = relaxedTemperature(temperature);
  /** One number for each row in order, seen or not: as those that draw row by row. */
  const uniformsOf = (m: number): Float64Array => {
    const streams = Array.from({ length: trajectories }, (_, k) => request.random(k, m));
    return Float64Array.from(rows, (slot) => streams[Math.floor(slot / length)]!.uniform());
  };

  const start = performance.now();
  const weights = new Float32Array(rows.length);
  const rewards: Float64Array[] = [];
  signal?.throwIfAborted();
  const resident = await hold({
    logits: 'tensor' in logits ? logits : logits.values,
    size: logits.size,
    optimizer,
    filters: hardFilters,
    scales: {
      soft: inverse(softTemperature ?? sampling),
      entropy: inverse(entropyOf === 'untempered' ? 1 : sampling),
      draw: inverse(sampling),
    },
    uniforms: uniformsOf(0),
    signal,
  });
  try {
    checkGiven(resident.given, placeOf);
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
    await finish(resident);
  } finally {
    await resident.dispose();
  }
  return {
    rewards,
    weights,
    entropies: Float64Array.from(resident.given.entropies),
    rewardMs: performance.now() - start,
    rewardPasses: 2 * trajectories * guidanceSteps,
  };
};

/** Logits that nobody saw must be finite, and leave a token to be drawn. */
const checkGiven = ({ faults, highest, entropies }: GivenRows, placeOf: (row: number) => string): void => {
  faults?.forEach((count, row) => {
    // Which of the two it was shows in what was made of them.
    if (count !== 0) throw notFinite(placeOf(row), `logits ${whenIn(0)}`, entropies[row]!);
    if (highest![row]! > EXCLUDED / 2) return;
    throw notFinite(placeOf(row), 'logits of a token that may be drawn', Number.NEGATIVE_INFINITY);
  });
};

/** How many logits of each row are −∞, before guidance or after so many steps of it. */
export const countAll = (
  group: TrajectoryGroup<GuidanceRequest>,
  guidanceSteps: number,
  before?: Float64Array,
): Float64Array => {
  const { values, offsets } = group.request.logits;
  return Float64Array.from({ length: offsets.length - 1 }, (_, row) => {
    const [from, to] = [offsets[row]!, offsets[row + 1]!];
    const count = countExcluded(values, from, to);
    // A NaN is no count at all.
    if (count === (before?.[row] ?? count)) return count;
    throw notFinite(placeOfRow(group, row), `logits ${whenIn(guidanceSteps)}`, worst(values, from, to));
  });
};
