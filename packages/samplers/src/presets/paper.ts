import { preset } from '../options/preset.js';

/**
 * The paper as written (arXiv 2602.05000): φ ← φ + η ∇R, soft and hard tokens from softmax(φ/τ), unfiltered,
 * weighted by its entropy; committed by lowest entropy of the optimized distribution; end tokens wait for
 * nothing. With the settings of its experiments.
 */
export const paper = preset({
  trajectories: 4,
  steps: 128,
  maxNewTokens: 128,
  temperature: 0.7,
  topP: 0.95,
  order: 'entropyOptimized',
  deprioritizeEos: false,
  guidanceSteps: 3,
  update: 'ascent',
  learningRate: 0.5,
  entropyOf: 'tempered',
  filterHard: false,
});
