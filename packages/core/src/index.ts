export { disposable } from './async/disposable.js';
export { nextTurn, turnIsDue } from './async/event-loop.js';
export { wholeVocabulary } from './candidates/whole-vocabulary.js';
export type { DrawnRows } from './contracts/guidance/drawn-rows.js';
export type { EntropyOf } from './contracts/guidance/entropy-of.js';
export type { Filter, FilterRule } from './contracts/guidance/filter.js';
export type {
  DrawRequest,
  DrawResult,
  Guidance,
  GuidanceContext,
  GuidanceRequest,
  GuidanceResult,
  HeldGuidance,
} from './contracts/guidance/guidance.js';
export type { GuidanceSettings } from './contracts/guidance/guidance-settings.js';
export type { KeptLogits } from './contracts/guidance/kept-logits.js';
export type {
  LogitOptimizer,
  LogitOptimizerState,
  OptimizerRule,
} from './contracts/guidance/logit-optimizer.js';
export type { RandomStream } from './contracts/guidance/random-stream.js';
export type { Relaxation } from './contracts/guidance/relaxation.js';
export type { ResponseMix } from './contracts/guidance/response-mix.js';
export {
  type DifferentiableReward,
  isDifferentiable,
  type Reward,
  type RewardContext,
  type RewardGradient,
  type RewardRequest,
} from './contracts/guidance/reward.js';
export type { RestOfVocabulary, RestSums, RowLogits } from './contracts/guidance/row-logits.js';
export type { BlockAttention } from './contracts/model/block-attention.js';
export type {
  BlockRequest,
  Denoiser,
  DenoiserBlock,
  DenoiserRequest,
  KeptNetwork,
} from './contracts/model/denoiser.js';
export type { ChatMessage, Prompt } from './contracts/model/prompt.js';
export type { Spelling } from './contracts/model/spelling.js';
export type { Vocabulary } from './contracts/model/vocabulary.js';
export type {
  Backend,
  KeptRun,
  ModelSource,
  RunOptions,
  Session,
  SessionOptions,
} from './contracts/runtime/backend.js';
export type { Disposable } from './contracts/runtime/disposable.js';
export type { DataType, Feeds, KeptTensor, Tensor, TensorData } from './contracts/runtime/tensor.js';
export { CONTRACT_VERSION, type Versioned } from './contracts/runtime/versioned.js';
export type { OnWarning, Warning } from './contracts/runtime/warning.js';
export type { Cost } from './contracts/sampling/cost.js';
export type { Draw } from './contracts/sampling/draw.js';
export type { BlindOrderRequest, Order, OrderRequest } from './contracts/sampling/order.js';
export type {
  FinishedTrajectory,
  PromptEndEvent,
  SampleEvent,
} from './contracts/sampling/prompt-end-event.js';
export type { Remasking, RemaskProbabilities, RemaskRequest } from './contracts/sampling/remasking.js';
export type { Schedule } from './contracts/sampling/schedule.js';
export type { CommittedToken, StepEvent, StepTimings } from './contracts/sampling/step-event.js';
export * from './errors/errors.js';
export * as filters from './filters/index.js';
export { type RewardGuidanceOptions, rewardGuidance } from './guidance/reward-guidance.js';
export * as optimizers from './optimizers/index.js';
export { hashTokens, type RandomStreamKey, randomStream } from './random/random-stream.js';
export * as relaxations from './relaxations/index.js';
export { argmax, entropy, logSumExp, softmax } from './softmax/softmax.js';
export { softmaxGradient } from './softmax/softmax-gradient.js';
