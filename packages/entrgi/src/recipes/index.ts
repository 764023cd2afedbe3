import type { Recipe } from './recipe.js';

// SkyworkAI/Skywork-Reward-V2 on GitHub, README.md.
const skywork = 'Skywork/Skywork-Reward-V2-Qwen3-0.6B';
const q4 = { denoiser: 'q4', reward: 'q4' } as const;
const calm = { templateVariables: { enable_thinking: false } } as const;

/** Bytes of so many weights with 4 bits and a scale for 32, and of so many in 16 bits. */
const packed = (weights: number, table: number): number => (weights * 5) / 8 + 2 * table;
const skyworkBytes = packed(440e6, 156e6);

/**
 * Pairs of models, by name; beside the id of each stands where its makers publish it. Where memory is said to
 * be of weights, and where no times are, nothing has been measured.
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
      // ZHZisZZ/dllm on GitHub, examples/a2d/README.md.
      denoiser: 'dllm-hub/Qwen3-0.6B-diffusion-bd3lm-v0.1',
      reward: skywork,
      ...{ attention: 'block-causal', blockLength: 32, preset: 'published', dtype: q4 },
      ...calm,
    },
    checked: 'shape',
    memory: { bytes: packed(596e6, 156e6) + skyworkBytes, from: 'weights' },
    measured: [{ guided: false, tokens: 32, secondsPerStep: 0.376, tokensPerSecond: 4.9, bytes: 1.13e9 }],
  },
  'sdar-1.7b': {
    about: 'Qwen3-1.7B in blocks of 4, guided',
    options: {
      // JetAstra/SDAR on GitHub, README.md.
      denoiser: 'JetLM/SDAR-1.7B-Chat',
      reward: skywork,
      ...{ preset: 'published', dtype: q4 },
      ...calm,
    },
    checked: 'shape',
    memory: { bytes: 3.355e9, from: 'measured' },
    measured: [
      { guided: false, tokens: 4, secondsPerStep: 0.55, tokensPerSecond: 2.94, bytes: 1.55e9 },
      { guided: true, tokens: 4, secondsPerStep: 1.37, tokensPerSecond: 1, bytes: 3.355e9 },
    ],
  },
  'fast-dllm-7b': {
    about: 'Qwen2.5-7B in blocks of 32, guided',
    options: {
      // zzy-yuki/Fast-dLLM on GitHub, v2/README.md.
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
      // DreamLM/Dream on GitHub, README.md.
      denoiser: 'Dream-org/Dream-v0-Instruct-7B',
      reward: skywork,
      ...{ preset: 'published', dtype: q4 },
    },
    checked: 'shape',
    memory: { bytes: 7.2e9, from: 'measured' },
    measured: [{ guided: true, tokens: 128, secondsPerStep: 18.4, bytes: 7.2e9 }],
  },
  'llada-8b': {
    about: 'LLaDA-8B, whole canvas, the best of four',
    options: {
      // ML-GSAI/LLaDA on GitHub, README.md.
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
      // inclusionAI/LLaDA2.X on GitHub, README.md.
      denoiser: 'inclusionAI/LLaDA2.0-mini',
      reward: 'confidence',
      ...{ preset: 'llada', method: 'bon', trajectories: 4, temperature: 0.5, dtype: { denoiser: 'q4' } },
    },
    checked: 'shape',
    // After a prompt that chooses nearly all experts.
    memory: { bytes: 13.3e9, from: 'measured' },
    // One trajectory, after a prompt of 64 tokens.
    measured: [{ guided: false, tokens: 32, secondsPerStep: 2.57, bytes: 3.97e9 }],
  },
} as const satisfies Readonly<Record<string, Recipe>>;

/** Name of a recipe. */
export type RecipeName = keyof typeof recipes;
