import type { Denoiser, RandomStream } from '@entrgi/core';
import type { CountedReward } from '../rating/counted-reward.js';
import type { Steering, TrajectoryState } from '../settings/steering.js';
import type { PotentialState } from './potentials.js';
import { effectiveSampleSize, multinomial, normalizedWeights, systematic } from './resample.js';
import type { SmcSettings } from './smc-options.js';

/** A trajectory as it was at one look. */
export interface Moment extends PotentialState {
  readonly state: TrajectoryState;
  /**
   * What this look multiplied its weight by, as a logarithm: its potential, and how much likelier its tokens
   * are without guidance.
   */
  readonly log: number;
  readonly reward: number;
}

/** A whole trajectory, by its looks. */
export type Path = readonly Moment[];

export interface ParticleFilterOptions extends SmcSettings {
  readonly every: number;
  readonly steps: number;
  readonly particles: number;
  readonly denoiser: Pick<Denoiser, 'decode' | 'vocabulary'>;
  readonly rated: CountedReward;
  /**
   * A path that is one particle more, and is kept whatever its weight (conditional SMC): it is not sampled
   * again, but others may go on from it.
   */
  readonly kept?: Path | undefined;
}

/** What steers a run of the loop, and what is known of its particles after it. */
export interface ParticleFilter extends Steering {
  /** The paths after the last look's resampling. */
  paths(): readonly Path[];
  /** A path drawn by its weight at the last look, from all of them and the kept one. */
  drawn(): Path;
}

/**
 * Sequential Monte Carlo over a run of the loop: looks at its trajectories, weighs them by what completing
 * them is worth, and lets the worthy go on.
 */
export const particleFilter = (options: ParticleFilterOptions): ParticleFilter => {
  const { every, steps, particles, denoiser, rated, kept, beta, potential, drafts, resampleBelow } = options;
  let paths: Path[] = Array.from({ length: particles }, () => []);
  let logWeights = new Array<number>(particles).fill(0);
  let keptWeight = 0;
  let last: Path | undefined;

  /**
   * The reward of each trajectory, as far as its drafts are written: of several drafts, β log mean exp(R/β).
   */
  const rewardsOf = async (drawn: readonly Int32Array[]): Promise<number[]> => {
    const length = drawn[0]!.length / particles;
    const texts = drawn.flatMap((all) =>
      Array.from({ length: particles }, (_, k) => {
        const own = all.subarray(k * length, (k + 1) * length);
        const end = own.indexOf(denoiser.vocabulary.maskId!);
        return denoiser.decode(end < 0 ? own : own.subarray(0, end));
      }),
    );
    const rewards = await rated.score(texts);
    return Array.from({ length: particles }, (_, k) => {
      const own = drawn.map((_, d) => rewards[d * particles + k]!);
      const highest = Math.max(...own);
      const mean = own.reduce((sum, r) => sum + Math.exp((r - highest) / beta), 0) / own.length;
      return highest + beta * Math.log(mean);
    });
  };

  /** Whose path each particle goes on from; the kept one stands after all others. */
  const parentsOf = (weights: readonly number[], random: RandomStream): Int32Array =>
    kept === undefined ? systematic(weights, random) : multinomial(weights, particles, random);

  return {
    drafts,
    looksAt: (step) => step % every === 0 || step === steps,
    paths: () => paths,
    drawn: () => last!,
    async look({ step, drafts: drawn, logRatios, random, snapshot, restore }) {
      const isLast = step === steps;
      const rewards = await rewardsOf(drawn);
      paths = paths.map((path, k) => {
        const after = potential(path.at(-1), rewards[k]! / beta, isLast);
        const moment = { ...after, log: after.log + logRatios[k]!, reward: rewards[k]!, state: snapshot(k) };
        return [...path, moment];
      });
      logWeights = logWeights.map((weight, k) => weight + paths[k]!.at(-1)!.log);
      const all = [...paths];
      const logs = [...logWeights];
      if (kept !== undefined) {
        const so = kept.slice(0, paths[0]!.length);
        keptWeight += so.at(-1)!.log;
        all.push(so);
        logs.push(keptWeight);
      }
      const weights = normalizedWeights(logs);
      if (isLast) last = all[multinomial(weights, 1, random)[0]!];
      if (resampleBelow < 1 && effectiveSampleSize(weights) >= resampleBelow * all.length && !isLast) return;
      const parents = parentsOf(weights, random);
      parents.forEach((parent, k) => {
        if (parent !== k) restore(k, all[parent]!.at(-1)!.state);
      });
      paths = Array.from(parents, (parent) => all[parent]!);
      logWeights = new Array<number>(particles).fill(0);
      keptWeight = 0;
    },
  };
};
