import type { GuidanceRequest, GuidanceResult } from '../contracts/guidance/guidance.js';
import type { GuidanceSettings } from '../contracts/guidance/guidance-settings.js';
import type { RowLogits } from '../contracts/guidance/row-logits.js';
import { type TrajectoryGroup, trajectoryGroups } from './trajectory-groups.js';

/** What guiding some trajectories gives, whatever becomes of their logits. */
export interface Guided extends Omit<GuidanceResult, 'logits'> {
  readonly rewardPasses: number;
  readonly entropies: Float64Array;
}

/**
 * Guides as many trajectories at a time as there is memory for, and puts together what is known of all:
 * `logits`, `part` and `width` as of trajectoryGroups.
 */
export const guideInGroups = async <Request extends Omit<GuidanceRequest, 'logits'>>(
  request: Request,
  { guidanceSteps, memoryLimit }: GuidanceSettings,
  logits: Pick<RowLogits, 'size' | 'offsets' | 'tokenIds'>,
  part: (from: number, to: number) => Partial<Request>,
  width: number,
  guide: (group: TrajectoryGroup<Request>) => Promise<Guided>,
): Promise<Guided> => {
  const { trajectories, rows } = request;
  const all = {
    rewards: Array.from({ length: guidanceSteps }, () => new Float64Array(trajectories)),
    weights: new Float32Array(rows.length),
    entropies: new Float64Array(rows.length),
    rewardMs: 0,
    rewardPasses: 0,
  };
  for (const group of trajectoryGroups(request, logits, part, width, memoryLimit)) {
    const { rewards, weights, entropies, rewardMs, rewardPasses } = await guide(group);
    all.weights.set(weights, group.firstRow);
    all.entropies.set(entropies, group.firstRow);
    rewards.forEach((values, m) => {
      all.rewards[m]!.set(values, group.firstTrajectory);
    });
    all.rewardMs += rewardMs;
    all.rewardPasses += rewardPasses;
  }
  return all;
};
