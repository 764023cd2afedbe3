import type { Preset } from '../contracts/preset.js';

/** The paper as written: φ ← φ + η ∇R, weighted by the entropy of softmax(φ/τ), with the settings of its experiments. */
export const paper: Preset = {
  trajectories: 4,
  steps: 128,
  guidanceSteps: 3,
  learningRate: 0.5,
  update: 'ascent',
  entropyOf: 'tempered',
  temperature: 0.7,
  topP: 0.95,
  order: 'entropy',
  maxNewTokens: 128,
};
