import { preset } from '../options/preset.js';

/**
 * LLaDA's own sampler with the defaults of its reference code (arXiv 2502.09992): the most probable tokens of
 * unfiltered logits, those that the model is surest of first, an equal share in every step; above temperature
 * 0, Gumbel-max. Guided, by one update a step, as the authors of EntRGi guide LLaDA.
 */
export const llada = preset({
  trajectories: 1,
  steps: 128,
  maxNewTokens: 128,
  temperature: 0,
  topP: 1,
  order: 'lowConfidence',
  schedule: 'even',
  draw: 'gumbel_max',
  deprioritizeEos: false,
  guidanceSteps: 1,
  update: 'adam',
  learningRate: 0.5,
  entropyOf: 'untempered',
  filterHard: true,
});
