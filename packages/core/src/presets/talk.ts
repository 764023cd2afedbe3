import type { Preset } from '../contracts/preset.js';

/** The talk's update φ ← φ + (1/β) ∇R, weighted by the entropy of softmax(φ), with the settings of the paper's experiments. */
export const talk: Preset = {
  trajectories: 4,
  steps: 128,
  guidanceSteps: 3,
  learningRate: 0.5,
  beta: 2,
  update: 'ascent',
  entropyOf: 'untempered',
  temperature: 0.7,
  topP: 0.95,
  order: 'entropy',
  maxNewTokens: 128,
};
