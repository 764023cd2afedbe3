export { applyFilters, keepMostProbable } from './apply-filters.js';
export { atPlace } from './at-place.js';
export { clipMessage } from './clip-message.js';
export type { Backend, ModelSource, RunOptions, Session, SessionOptions } from './contracts/backend.js';
export type { Cost } from './contracts/cost.js';
export type { BlockRequest, Denoiser, DenoiserBlock, DenoiserRequest } from './contracts/denoiser.js';
export type { Disposable } from './contracts/disposable.js';
export type { EntropyOf } from './contracts/entropy-of.js';
export type { Filter } from './contracts/filter.js';
export type { Guidance, GuidanceContext, GuidanceRequest, GuidanceResult } from './contracts/guidance.js';
export type { LogitOptimiser, LogitOptimiserState } from './contracts/logit-optimiser.js';
export type { BlindOrderRequest, Order, OrderRequest } from './contracts/order.js';
export type { ChatMessage, Prompt } from './contracts/prompt.js';
export type { FinishedTrajectory, PromptEndEvent, SampleEvent } from './contracts/prompt-end-event.js';
export type { RandomStream } from './contracts/random-stream.js';
export type { Relaxation } from './contracts/relaxation.js';
export {
  type DifferentiableReward,
  isDifferentiable,
  type ResponseMix,
  type Reward,
  type RewardContext,
  type RewardGradient,
  type RewardRequest,
} from './contracts/reward.js';
export type { RestOfVocabulary, RestSums, RowLogits } from './contracts/row-logits.js';
export type { Schedule } from './contracts/schedule.js';
export type { Spelling } from './contracts/spelling.js';
export type { CommittedToken, StepEvent, StepTimings } from './contracts/step-event.js';
export type { DataType, Tensor, TensorData } from './contracts/tensor.js';
export type { Vocabulary } from './contracts/vocabulary.js';
export type { OnWarning, Warning } from './contracts/warning.js';
export { disposable } from './disposable.js';
export { drawToken } from './draw-token.js';
export * from './errors.js';
export { nextTurn, turnIsDue } from './event-loop.js';
export * as filters from './filters/index.js';
export { firstNotFinite } from './first-not-finite.js';
export { type Lazy, lazily } from './lazily.js';
export { mostProbableKept } from './most-probable-kept.js';
export * as optimisers from './optimisers/index.js';
export { pickOptions } from './pick-options.js';
export { hashTokens, type RandomStreamKey, randomStream } from './random-stream.js';
export * as relaxations from './relaxations/index.js';
export { relaxedTemperature } from './relaxed-temperature.js';
export {
  nearestName,
  type OptionCheck,
  type OptionNames,
  requireKnownOptions,
} from './require-known-options.js';
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
} from './require-that.js';
export { type RewardGuidanceOptions, rewardGuidance } from './reward-guidance.js';
export { rowEntropy } from './row-entropy.js';
export { type CandidateRule, selectCandidates } from './select-candidates.js';
export { argmax, entropy, logSumExp, softmax } from './softmax.js';
export { softmaxGradient } from './softmax-gradient.js';
export { type MapTokensOptions, mapTokens, type TokenMap } from './token-map.js';
export { wholeVocabulary } from './whole-vocabulary.js';
