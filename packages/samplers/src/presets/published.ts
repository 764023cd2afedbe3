import { preset } from '../options/preset.js';

/**
 * What the published tables were made with: the authors' code, by their run script with the settings of the
 * paper's experiments. The default.
 */
export const published = preset({
  trajectories: 4,
  steps: 128,
  maxNewTokens: 128,
  temperature: 0.7,
  topP: 0.95,
  order: 'entropy',
  deprioritizeEos: true,
  guidanceSteps: 3,
  update: 'adam',
  learningRate: 0.5,
  entropyOf: 'untempered',
  filterHard: true,
});
