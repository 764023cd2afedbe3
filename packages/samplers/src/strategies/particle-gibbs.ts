import type { FinishedTrajectory, PromptEndEvent } from '@entrgi/core';
import { requireThat, requireWhole } from '@entrgi/core/internal';
import { type Path, particleFilter } from '../particles/particle-filter.js';
import { sizesOf } from '../particles/sizes-of.js';
import { type SmcOptions, smcSettings } from '../particles/smc-options.js';
import { countedReward } from '../rating/counted-reward.js';
import { ratedEnd } from '../rating/rated-end.js';
import type { Strategy } from '../rating/strategy.js';
import { steered } from '../sample.js';

/** `resampleBelow` has no effect here: particles are resampled at every look. */
export interface ParticleGibbsOptions extends Omit<SmcOptions, 'resampleBelow'> {
  /**
   * Sweeps, each a run of the loop.
   * @default 2
   */
  readonly iterations?: number | undefined;
}

/**
 * Particle Gibbs over whole trajectories (arXiv 2507.08390): SMC, of which one trajectory is kept and stands
 * among the particles of the next sweep; the more sweeps, the nearer to the target, with however few
 * particles. Gives the trajectory that is kept in the end, then the others of the last sweep.
 * @throws InvalidArgumentError for options that cannot work, and for a single trajectory
 */
export const particle_gibbs = ({ iterations = 2, ...options }: ParticleGibbsOptions = {}): Strategy => {
  const settings = { ...smcSettings('particle_gibbs', options), resampleBelow: 1 };
  requireWhole('particle_gibbs: iterations', iterations, 1);
  return async function* ({ prompt, reward, ...sampling }) {
    const { denoiser, firstTrajectory = 0, signal } = sampling;
    const rated = countedReward(reward, prompt, signal);
    const { particles, ...sizes } = sizesOf(sampling, settings.every);
    requireThat(
      'trajectories',
      particles,
      'at least 2, one that is kept and one that is not',
      particles >= 2,
    );
    const runs: PromptEndEvent[] = [];
    let kept: Path | undefined;
    let others: readonly Path[] = [];
    for (let sweep = 0; sweep < iterations; sweep++) {
      const free = kept === undefined ? particles : particles - 1;
      const filter = particleFilter({ ...settings, ...sizes, particles: free, denoiser, rated, kept });
      const run = steered(
        {
          ...sampling,
          prompts: [prompt],
          trajectories: free,
          firstTrajectory: firstTrajectory + sweep * particles,
        },
        filter,
      );
      for await (const event of run) {
        if (event.type === 'step-end') yield event;
        else runs.push(event);
      }
      kept = filter.drawn();
      others = filter.paths();
    }
    const last = [kept!, ...others.slice(0, particles - 1)].map((path) => path.at(-1)!);
    const finished = last.map(
      ({ state: { tokenIds } }): FinishedTrajectory => ({ tokenIds, text: denoiser.decode(tokenIds) }),
    );
    yield ratedEnd(
      runs,
      finished,
      last.map(({ reward: value }) => value),
      rated,
    );
  };
};
