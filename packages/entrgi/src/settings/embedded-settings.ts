import { type PresetSettings, presets } from '@entrgi/samplers';

/**
 * Settings of the embedded models: the published ones, with the shorter responses that these models learned to write, in as many steps, and with
 * updates that are as much smaller as these rewards are steeper: with the published 0.5 a judge likes the guided texts less than unguided ones.
 */
export const embeddedSettings: PresetSettings = {
  ...presets.published.settings,
  steps: 64,
  maxNewTokens: 64,
  learningRate: 0.15,
};
