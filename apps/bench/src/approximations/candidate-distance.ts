import { nodeBackend } from '@entrgi/backend-node';
import {
  type Guidance,
  type GuidanceRequest,
  optimizers,
  type Relaxation,
  rewardGuidance,
} from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { sample } from '@entrgi/samplers';
import { selectCandidates } from '@entrgi/samplers/internal';
import { openings } from '@entrgi/tiny-stories';
import { mean, quantile } from '../measure/statistics.js';
import { totalVariation } from '../measure/total-variation.js';

/** Every learning rate and tolerance is tried at every temperature. */
export interface CandidateDistanceOptions {
  /** Checkpoint directories. */
  readonly denoiser: string;
  readonly reward: string;
  readonly relaxation: Relaxation;
  readonly temperatures: readonly number[];
  /** Of Adam. */
  readonly learningRates: readonly number[];
  readonly tolerances: readonly number[];
  readonly openings: number;
  readonly trajectories: number;
  readonly length: number;
  readonly steps: number;
  readonly threads?: number | undefined;
}

/** How far guidance on candidates is from guidance on the whole vocabulary. */
export interface CandidateDistance {
  readonly temperature: number;
  readonly learningRate: number;
  readonly tolerance: number;
  /** Share of the tokens that are candidates, over all steps of the exact runs. */
  readonly kept: number;
  /** Total variation per position after the guidance steps of one denoising step, both from the same logits and random numbers. */
  readonly positions: number;
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
  /** Share of positions that are farther apart than the tolerance. */
  readonly beyond: number;
  /** Share of the responses' tokens that are the same in whole runs with candidates in every step and without any. */
  readonly equalTokens: number;
}

/**
 * Measures it in each step of exact runs, and over whole runs. Candidates are taken however many they are: where they are more than a quarter of the
 * vocabulary, as often in a small one, the libraries would leave none out.
 */
export async function* candidateDistances(
  options: CandidateDistanceOptions,
): AsyncGenerator<CandidateDistance> {
  const { tolerances, trajectories, length, steps, threads } = options;
  const backend = nodeBackend(threads === undefined ? {} : { threads });
  const denoiser = await loadDenoiser(options.denoiser, { backend });
  const reward = await loadReward(options.reward, { backend });
  const prompts = openings.slice(0, options.openings).map((text) => `Complete this story: ${text}`);
  for (const temperature of options.temperatures) {
    for (const learningRate of options.learningRates) {
      const guidance = rewardGuidance({
        reward,
        relaxation: options.relaxation,
        optimizer: optimizers.adam(learningRate),
        guidanceSteps: 3,
      });
      const tokensBy = async (by: Guidance): Promise<number[]> => {
        const settings = {
          trajectories,
          maxNewTokens: length,
          steps,
          temperature,
          vocabularyTolerance: 0,
          seed: 1,
        };
        const written: number[] = [];
        for await (const event of sample({ denoiser, prompts, guidance: by, ...settings })) {
          if (event.type === 'step-end' && event.step === steps) written.push(...event.tokenIds);
        }
        return written;
      };
      const candidates = ({ logits }: GuidanceRequest, tolerance: number) =>
        selectCandidates(logits.values.slice(), logits.size, {
          temperature,
          maxMovement: guidance.maxMovement,
          tolerance,
          largestShare: 1,
        });
      const found = tolerances.map(() => ({ distances: [] as number[], kept: 0, tokens: 0 }));
      const exact = await tokensBy(
        around(guidance, async (request, optimize) => {
          const guided = [];
          for (const [i, tolerance] of tolerances.entries()) {
            const few = await candidates(request, tolerance);
            found[i]!.kept += few.values.length;
            found[i]!.tokens += request.logits.values.length;
            guided.push((await optimize({ ...request, logits: few })).logits);
          }
          const result = await optimize(request);
          for (const [i, logits] of guided.entries()) {
            for (const distance of totalVariation(logits, result.logits, temperature)) {
              found[i]!.distances.push(distance);
            }
          }
          return result;
        }),
      );
      for (const [i, tolerance] of tolerances.entries()) {
        const approximate = await tokensBy(
          around(guidance, async (request, optimize) =>
            optimize({ ...request, logits: await candidates(request, tolerance) }),
          ),
        );
        const { distances, kept, tokens } = found[i]!;
        yield {
          temperature,
          learningRate,
          tolerance,
          kept: kept / tokens,
          positions: distances.length,
          mean: mean(distances),
          p99: quantile(distances, 0.99),
          max: distances.reduce((most, distance) => Math.max(most, distance), 0),
          beyond: distances.filter((distance) => distance > tolerance).length / distances.length,
          equalTokens: approximate.filter((id, at) => id === exact[at]).length / exact.length,
        };
      }
    }
  }
  await backend.dispose();
}

type Optimize = Awaited<ReturnType<Guidance['open']>>['optimize'];

/** A guidance whose denoising steps go through a function of the request and what the guidance would have done. */
const around = (
  guidance: Guidance,
  step: (request: GuidanceRequest, optimize: Optimize) => ReturnType<Optimize>,
): Guidance => ({
  ...guidance,
  async open(request) {
    const context = await guidance.open(request);
    return { ...context, optimize: (asked) => step(asked, context.optimize) };
  },
});
