// What the packages of this project share; it may change in any version.
export { type Lazy, lazily } from './async/lazily.js';
export { applyFilters, keepMostProbable } from './candidates/apply-filters.js';
export { mostProbableKept } from './candidates/most-probable-kept.js';
export { atPlace, placed } from './errors/at-place.js';
export { clipMessage } from './errors/clip-message.js';
export { firstNotFinite } from './errors/first-not-finite.js';
export { countedScore } from './guidance/counted-score.js';
export { countExcluded, notFinite, placeOfRow, whenIn, worst } from './guidance/finite-rows.js';
export { type Guided, guideInGroups } from './guidance/guide-in-groups.js';
export { provisionalAttention } from './guidance/provisional-attention.js';
export { rowRange } from './guidance/row-range.js';
export { tokenWeight } from './guidance/token-weight.js';
export type { TrajectoryGroup } from './guidance/trajectory-groups.js';
export { nearestName } from './options/nearest-name.js';
export { pickOptions } from './options/pick-options.js';
export { requireContract } from './options/require-contract.js';
export { type OptionCheck, type OptionNames, requireKnownOptions } from './options/require-known-options.js';
export {
  requireBackend,
  requireBoolean,
  requireFunction,
  requireMemoryLimit,
  requireName,
  requireObject,
  requirePositive,
  requireReward,
  requireSignal,
  requireText,
  requireThat,
  requireWhole,
} from './options/require-that.js';
export { drawToken } from './random/draw-token.js';
export { exponential, powers } from './softmax/exponential.js';
export { relaxedTemperature } from './softmax/relaxed-temperature.js';
export { rowEntropy } from './softmax/row-entropy.js';
export { rowLogSumExp } from './softmax/row-log-sum-exp.js';
export { inverse } from './softmax/softmax.js';
