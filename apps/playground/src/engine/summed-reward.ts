import type { DifferentiableReward } from '@entrgi/core';
import { compositeReward } from '@entrgi/rewards';
import type { RunSettings } from '../protocol/protocol.js';
import type { Models } from './models.js';

/** The rewards by their weights; one that is alone and whole is not wrapped. Disposing it is up to whoever has loaded the parts. */
export const summedReward = (
  { story, mood }: Pick<Models, 'story' | 'mood'>,
  { storyWeight, moodWeight }: Pick<RunSettings, 'storyWeight' | 'moodWeight'>,
): { readonly reward: DifferentiableReward; readonly parts: number } => {
  const parts = [
    { reward: story, weight: storyWeight },
    ...(mood === undefined ? [] : [{ reward: mood, weight: moodWeight }]),
  ].filter(({ weight }) => weight !== 0);
  const [first] = parts;
  if (first === undefined) return { reward: compositeReward([{ reward: story, weight: 0 }]), parts: 1 };
  if (parts.length === 1 && first.weight === 1) return { reward: first.reward, parts: 1 };
  return { reward: compositeReward(parts), parts: parts.length };
};
