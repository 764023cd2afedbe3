import { preset } from '../options/preset.js';

/**
 * The talk: φ ← φ + (1/β) ∇R with β = 2, soft tokens from softmax(φ), weighted by its entropy, hard ones from
 * softmax(φ/τ), unfiltered; end tokens wait for nothing. With the settings of the paper's experiments.
 */
export const talk = preset({
  trajectories: 4,
  steps: 128,
  maxNewTokens: 128,
  temperature: 0.7,
  topP: 0.95,
  order: 'entropy',
  deprioritizeEos: false,
  guidanceSteps: 3,
  update: 'ascent',
  learningRate: 0.5,
  entropyOf: 'untempered',
  softTemperature: 1,
  filterHard: false,
});
