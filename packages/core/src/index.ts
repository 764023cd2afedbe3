export type { Backend, ModelSource, RunOptions, Session, SessionOptions } from './contracts/backend.js';
export type { Denoiser, DenoiserRequest } from './contracts/denoiser.js';
export type { Filter } from './contracts/filter.js';
export type { Guidance, GuidanceContext, GuidanceRequest, GuidanceResult } from './contracts/guidance.js';
export type { LogitOptimiser, LogitOptimiserState } from './contracts/logit-optimiser.js';
export type { Order, OrderRequest } from './contracts/order.js';
export type { ChatMessage, Prompt } from './contracts/prompt.js';
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
export type { Schedule } from './contracts/schedule.js';
export type { CommittedToken, StepEvent, StepTimings } from './contracts/step-event.js';
export type { DataType, Tensor, TensorData } from './contracts/tensor.js';
export type { Vocabulary } from './contracts/vocabulary.js';
export * from './errors.js';
