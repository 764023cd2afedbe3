import { type PresetSettings, presets } from '@entrgi/samplers';

/** Settings of the embedded models: the published ones, with the shorter responses that these models learned to write, in as many steps. */
export const embeddedSettings: PresetSettings = {
  ...presets.published.settings,
  steps: 64,
  maxNewTokens: 64,
};
