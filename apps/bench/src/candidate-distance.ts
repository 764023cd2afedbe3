import { nodeBackend } from '@entrgi/backend-node';
import {
  type Guidance,
  type GuidanceRequest,
  type GuidanceResult,
  optimisers,
  type RowLogits,
  rewardGuidance,
  selectCandidates,
  softmax,
} from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { sample } from '@entrgi/samplers';
import { denoiserDirectory, openings, rewardDirectory } from '@entrgi/tiny-stories';
import { mean, quantile } from './statistics.js';

export interface CandidateDistanceOptions {
  readonly openings: number;
  readonly learningRate: number;
  readonly tolerance: number;
  readonly steps: number;
  readonly threads?: number | undefined;
}

/** How far guidance on candidates is from guidance on the whole vocabulary. */
export interface CandidateDistance {
  /** Positions that were guided, over all denoising steps. */
  readonly positions: number;
  /** Share of denoising steps that had candidates. */
  readonly sparse: number;
  /** Total variation per position after the guidance steps of one denoising step, both from the same logits. */
  readonly mean: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
  /** Share of positions that are farther apart than the tolerance. */
  readonly beyond: number;
  /** Texts of whole runs, candidates in every step, that are those of runs without. */
  readonly equalTexts: number;
  readonly texts: number;
}

const settings = { trajectories: 4, maxNewTokens: 64, temperature: 0.7, seed: 1 };

/** Measures it on the embedded models: in each step of exact runs, and over whole runs. */
export const candidateDistance = async (options: CandidateDistanceOptions): Promise<CandidateDistance> => {
  const { learningRate, tolerance, steps, threads } = options;
  const backend = nodeBackend(threads === undefined ? {} : { threads });
  const denoiser = await loadDenoiser(denoiserDirectory, { backend });
  const reward = await loadReward(rewardDirectory, { backend });
  const guidance = rewardGuidance({ reward, optimiser: optimisers.adam(learningRate), guidanceSteps: 3 });
  const distances: number[] = [];
  let [guided, sparse] = [0, 0];
  const watched: Guidance = {
    maxMovement: guidance.maxMovement,
    async open(request) {
      const context = await guidance.open(request);
      return {
        ...context,
        async optimise(step: GuidanceRequest): Promise<GuidanceResult> {
          const { size, values } = step.logits;
          const rule = { temperature: step.temperature, maxMovement: guidance.maxMovement, tolerance };
          const few = await selectCandidates(values.slice(), size, rule);
          guided++;
          if (few.tokenIds === undefined) return context.optimise(step);
          sparse++;
          const { logits } = await context.optimise({ ...step, logits: few });
          const exact = await context.optimise(step);
          distances.push(...totalVariation(logits, exact.logits, step.temperature));
          return exact;
        },
      };
    },
  };
  const texts = async (by: Guidance, vocabularyTolerance: number): Promise<string[]> => {
    const written: string[] = [];
    const prompts = openings.slice(0, options.openings).map((text) => `Complete this story: ${text}`);
    for await (const event of sample({
      denoiser,
      prompts,
      guidance: by,
      steps,
      vocabularyTolerance,
      ...settings,
    })) {
      if (event.type === 'prompt-end') written.push(...event.trajectories.map(({ text }) => text));
    }
    return written;
  };
  const exact = await texts(watched, 0);
  const approximate = await texts(guidance, tolerance);
  await backend.dispose();
  return {
    positions: distances.length,
    sparse: sparse / guided,
    mean: mean(distances),
    median: quantile(distances, 0.5),
    p99: quantile(distances, 0.99),
    max: distances.reduce((most, distance) => Math.max(most, distance), 0),
    beyond: distances.filter((distance) => distance > tolerance).length / distances.length,
    equalTexts: approximate.filter((text, i) => text === exact[i]).length,
    texts: exact.length,
  };
};

/** ½ Σ |p − q| per row, of softmax(φ/τ) on candidates and on the whole vocabulary. */
export const totalVariation = (few: RowLogits, all: RowLogits, temperature: number): number[] =>
  Array.from({ length: all.offsets.length - 1 }, (_, row) => {
    const rowOf = ({ values, offsets }: RowLogits) => {
      const own = values.subarray(offsets[row]!, offsets[row + 1]!);
      return softmax(own, own.length, temperature);
    };
    const differences = Float64Array.from(rowOf(all));
    rowOf(few).forEach((p, place) => {
      differences[few.tokenIds![few.offsets[row]! + place]!]! -= p;
    });
    return differences.reduce((sum, difference) => sum + Math.abs(difference), 0) / 2;
  });
