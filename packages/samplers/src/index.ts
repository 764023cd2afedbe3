export { type BestOfN, type BestOfNOptions, bestOfN, type Scored } from './best-of-n.js';
export { byConfidence } from './by-confidence.js';
export * as orders from './orders/index.js';
export { type Preset, type PresetSettings, preset } from './preset.js';
export * as presets from './presets/index.js';
export { requireSampleNumbers, type SampleNumbers } from './require-sample-numbers.js';
export { sample } from './sample.js';
export type { SampleOptions } from './sample-options.js';
export * as schedules from './schedules/index.js';
