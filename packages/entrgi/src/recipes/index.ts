import type { Recipe } from './recipe.js';

const skywork = 'Skywork/Skywork-Reward-V2-Qwen3-0.6B';
const q4 = { denoiser: 'q4', reward: 'q4' } as const;
const calm = { templateVariables: { enable_thinking: false } } as const;

/** Bytes of so many weights with 4 bits and a scale for 32, and of so many in 16 bits. */
const packed = (weights: number, table: number): number => (weights * 5) / 8 + 2 * table;
const skyworkBytes = packed(440e6, 156e6);

/**
 * Pairs of models, by name. Where memory is said to be of weights, and for times that are missing, nothing
 * has been measured.
 */
export const recipes = {
  stories: {
    about: 'the embedded story models; nothing is downloaded',
    options: {},
    checked: 'weights',
    memory: { bytes: 300e6, from: 'measured' },
  },
  'a2d-0.6b': {
    about: 'Qwen3-0.6B in blocks of 32, guided',
    options: {
      denoiser: 'dllm-hub/Qwen3-0.6B-diffusion-bd3lm-v0.1',
      reward: skywork,
      ...{ attention: 'block-causal', blockLength: 32, preset: 'published', dtype: q4 },
      ...calm,
    },
    checked: 'architecture',
    memory: { bytes: packed(596e6, 156e6) + skyworkBytes, from: 'weights' },
  },
  'sdar-1.7b': {
    about: 'Qwen3-1.7B in blocks of 4, guided',
    options: { denoiser: 'JetLM/SDAR-1.7B-Chat', reward: skywork, preset: 'published', dtype: q4, ...calm },
    checked: 'architecture',
    memory: { bytes: packed(1720e6, 311e6) + skyworkBytes, from: 'weights' },
  },
  'fast-dllm-7b': {
    about: 'Qwen2.5-7B in blocks of 32, guided',
    options: {
      denoiser: 'Efficient-Large-Model/Fast_dLLM_v2_7B',
      reward: skywork,
      ...{ preset: 'published', dtype: q4 },
    },
    checked: 'architecture',
    memory: { bytes: packed(7070e6, 545e6) + skyworkBytes, from: 'weights' },
  },
  'dream-7b': {
    about: 'the pair of the paper: Dream-7B, whole canvas, guided',
    options: {
      denoiser: 'Dream-org/Dream-v0-Instruct-7B',
      reward: skywork,
      ...{ preset: 'published', dtype: q4 },
    },
    checked: 'shape',
    memory: { bytes: 7.2e9, from: 'measured' },
    secondsPerStep: { value: 18.4, tokens: 128 },
  },
  'llada-8b': {
    about: 'LLaDA-8B, whole canvas, the best of four',
    options: {
      denoiser: 'GSAI-ML/LLaDA-8B-Instruct',
      reward: 'confidence',
      ...{ preset: 'llada', method: 'bon', trajectories: 4, temperature: 0.5, dtype: { denoiser: 'q4' } },
    },
    checked: 'architecture',
    memory: { bytes: packed(7500e6, 518e6), from: 'weights' },
  },
  'llada2-mini': {
    about: 'LLaDA2-mini, 16B with 1.4B active, the best of four',
    options: {
      denoiser: 'inclusionAI/LLaDA2.0-mini',
      reward: 'confidence',
      ...{ preset: 'llada', method: 'bon', trajectories: 4, temperature: 0.5, dtype: { denoiser: 'q4' } },
    },
    checked: 'architecture',
    memory: { bytes: packed(15_900e6, 322e6), from: 'weights' },
  },
} as const satisfies Readonly<Record<string, Recipe>>;

/** Name of a recipe. */
export type RecipeName = keyof typeof recipes;
