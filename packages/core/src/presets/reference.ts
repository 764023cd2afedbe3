import type { Preset } from '../contracts/preset.js';

/** The authors' code with its command line's settings: Adam, weighted by the entropy of softmax(φ). The published numbers came from it. */
export const reference: Preset = {
  trajectories: 8,
  steps: 64,
  guidanceSteps: 3,
  learningRate: 1,
  update: 'adam',
  entropyOf: 'untempered',
  temperature: 0.7,
  topP: 0.95,
  order: 'entropy',
  maxNewTokens: 128,
};
