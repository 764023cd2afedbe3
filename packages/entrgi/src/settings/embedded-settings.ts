import { resolve } from 'node:path';
import type { Denoiser } from '@entrgi/core';
import { type PresetSettings, presets } from '@entrgi/samplers';
import { denoiserDirectory } from '@entrgi/tiny-stories';

/**
 * Settings of the embedded models: the published ones, with the shorter responses that these models learned
 * to write, in as many steps, and with updates that are as much smaller as these rewards are steeper: with
 * the published 0.5 a judge likes the guided texts less than unguided ones.
 */
export const embeddedSettings: PresetSettings = {
  ...presets.published.settings,
  steps: 64,
  maxNewTokens: 64,
  learningRate: 0.15,
};

/** Of the demo, which is to take seconds: shorter responses, a token a step as in the others. */
export const demoSettings = { steps: 36, maxNewTokens: 36 } as const;

/**
 * Whether a denoiser is the embedded one, however it is given: by not being given, by its directory, or as an
 * object that was loaded from there.
 */
export const isEmbedded = (denoiser: string | Denoiser | undefined = denoiserDirectory): boolean => {
  const source = typeof denoiser === 'string' ? denoiser : denoiser.source;
  return source !== undefined && resolve(source) === denoiserDirectory;
};
