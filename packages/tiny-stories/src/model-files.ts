// One expression a file: that is how bundlers find what a page needs beside its script.

/** Addresses of the denoiser's files, by their names; see `denoiserDirectory`. */
export const denoiserFiles: Readonly<Record<string, string>> = {
  'config.json': new URL('../models/denoiser/config.json', import.meta.url).href,
  'generation_config.json': new URL('../models/denoiser/generation_config.json', import.meta.url).href,
  'model.safetensors': new URL('../models/denoiser/model.safetensors', import.meta.url).href,
  'tokenizer.json': new URL('../models/denoiser/tokenizer.json', import.meta.url).href,
  'tokenizer_config.json': new URL('../models/denoiser/tokenizer_config.json', import.meta.url).href,
};

/** Addresses of the reward's files, by their names; see `rewardDirectory`. */
export const rewardFiles: Readonly<Record<string, string>> = {
  'config.json': new URL('../models/reward/config.json', import.meta.url).href,
  'model.safetensors': new URL('../models/reward/model.safetensors', import.meta.url).href,
  'tokenizer.json': new URL('../models/reward/tokenizer.json', import.meta.url).href,
  'tokenizer_config.json': new URL('../models/reward/tokenizer_config.json', import.meta.url).href,
};

/** Addresses of the mood reward's files, by their names; see `moodDirectory`. */
export const moodFiles: Readonly<Record<string, string>> = {
  'config.json': new URL('../models/mood/config.json', import.meta.url).href,
  'model.safetensors': new URL('../models/mood/model.safetensors', import.meta.url).href,
  'tokenizer.json': new URL('../models/mood/tokenizer.json', import.meta.url).href,
  'tokenizer_config.json': new URL('../models/mood/tokenizer_config.json', import.meta.url).href,
};

/** Addresses of the judge's files, by their names; see `judgeDirectory`. */
export const judgeFiles: Readonly<Record<string, string>> = {
  'config.json': new URL('../models/judge/config.json', import.meta.url).href,
  'model.safetensors': new URL('../models/judge/model.safetensors', import.meta.url).href,
  'tokenizer.json': new URL('../models/judge/tokenizer.json', import.meta.url).href,
  'tokenizer_config.json': new URL('../models/judge/tokenizer_config.json', import.meta.url).href,
};
