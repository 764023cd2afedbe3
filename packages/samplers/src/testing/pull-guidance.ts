import { type DifferentiableReward, disposable, optimizers, rewardGuidance } from '@entrgi/core';

/** A reward with a gradient that is linear in the mix: the mean probability of one token. */
export const pullReward = (token: number, size: number): DifferentiableReward & { evaluations: number } => {
  const reward = {
    name: `pull towards ${token}`,
    evaluations: 0,
    score: async () => new Float64Array(0),
    ...disposable(async () => {}),
    open: async () => ({
      ...disposable(async () => {}),
      evaluate: async (mix: { trajectories: number; probs: Float32Array; rows: Int32Array }) => {
        reward.evaluations++;
        const values = new Float64Array(mix.trajectories);
        const tokenScores = new Float32Array(mix.probs.length);
        for (let r = 0; r < mix.rows.length; r++) tokenScores[r * size + token] = 1;
        return { values: values.fill(mix.probs[token]!), tokenScores };
      },
    }),
  };
  return reward;
};

export const pullGuidance = (reward: DifferentiableReward, guidanceSteps: number) =>
  rewardGuidance({ reward, guidanceSteps, optimizer: optimizers.adam(1) });
