export { byConfidence } from './confidence/by-confidence.js';
export * as draws from './draws/index.js';
export type { OrderName } from './options/order-named.js';
export { type Preset, type PresetSettings, preset } from './options/preset.js';
export type { SampleOptions } from './options/sample-options.js';
export type { EditedStep, StepEditor } from './options/step-editor.js';
export * as orders from './orders/index.js';
export { potentials } from './particles/potentials.js';
export type { SmcOptions } from './particles/smc-options.js';
export * as presets from './presets/index.js';
export { type BestOfN, type BestOfNOptions, bestOfN, type Scored } from './rating/best-of-n.js';
export type { Strategy, StrategyEndEvent, StrategyOptions } from './rating/strategy.js';
export * as remaskings from './remaskings/index.js';
export type { ResponseTemplate } from './response/response-tokens.js';
export { sample } from './sample.js';
export * as schedules from './schedules/index.js';
export {
  requireSampleNumbers,
  requireWholeBlocks,
  type SampleNumbers,
} from './settings/require-sample-numbers.js';
export { type Budget, passesOf } from './strategies/compute-matched.js';
export * as strategies from './strategies/index.js';
export type { ParticleGibbsOptions } from './strategies/particle-gibbs.js';
