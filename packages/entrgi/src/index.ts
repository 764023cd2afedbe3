export { type NodeBackendOptions, nodeBackend } from '@entrgi/backend-node';
export {
  AccessError,
  type Backend,
  BackendError,
  type ChatMessage,
  CheckpointError,
  type CommittedToken,
  type Cost,
  type Denoiser,
  type DifferentiableReward,
  DiskFullError,
  type Disposable,
  DownloadError,
  disposable,
  EntrgiError,
  type ErrorDetails,
  type Filter,
  filters,
  type Guidance,
  InvalidArgumentError,
  InvalidModelError,
  type LogitOptimizer,
  MemoryLimitError,
  NetworkError,
  NonDifferentiableError,
  NotFoundError,
  NotWritableError,
  NumericalError,
  type OnWarning,
  type Order,
  optimizers,
  type Prompt,
  type PromptEndEvent,
  type Relaxation,
  type Reward,
  type RewardGuidanceOptions,
  relaxations,
  rewardGuidance,
  type SampleEvent,
  type Schedule,
  type StepEvent,
  type StepTimings,
  UnsupportedError,
  type Vocabulary,
  type Warning,
} from '@entrgi/core';
export {
  type Attention,
  type DownloadProgress,
  type EndTokens,
  type HubOptions,
  type LoadDenoiserOptions,
  loadDenoiser,
  type QuantizeProgress,
  resolveCheckpoint,
  type TemplateOptions,
  type WeightDtype,
  type WeightOptions,
  weightDtypes,
} from '@entrgi/models';
export {
  blackBoxReward,
  type Check,
  checks,
  compositeReward,
  confidenceReward,
  type LikelihoodRewardOptions,
  type LoadRewardOptions,
  loadReward,
  logRatioReward,
  penalties,
  type Rate,
  verifiableReward,
  type WeightedReward,
} from '@entrgi/rewards';
export {
  type BestOfN,
  type BestOfNOptions,
  bestOfN,
  byConfidence,
  draws,
  orders,
  type Preset,
  type PresetSettings,
  passesOf,
  potentials,
  preset,
  presets,
  remaskings,
  type SampleOptions,
  type Scored,
  type SmcOptions,
  type StepEditor,
  type Strategy,
  type StrategyEndEvent,
  type StrategyOptions,
  sample,
  schedules,
  strategies,
} from '@entrgi/samplers';
export {
  denoiserDirectory,
  judgeDirectory,
  moodDirectory,
  openings,
  rewardDirectory,
} from '@entrgi/tiny-stories';
export { generate } from './generate.js';
export type { GenerateOptions } from './generate-options.js';
export type { GenerateResult, RatedTrajectory } from './generate-result.js';
export { loadModels, type Models } from './models/load-models.js';
export type { ModelDtypes, ModelOptions } from './models/model-options.js';
export { modelSource } from './models/model-source.js';
export { type RewardSource, rewardSource } from './models/reward-source.js';
export { type GenerationPlan, planGeneration } from './plan-generation.js';
export { type RecipeName, recipes } from './recipes/index.js';
export type { Checked, Recipe } from './recipes/recipe.js';
export { embeddedSettings, isEmbedded } from './settings/embedded-settings.js';
export { type MethodName, methodNames } from './settings/methods.js';
export { defaults, type GivenSettings, type Settings } from './settings/settings.js';
export { type StreamEndEvent, type StreamEvent, type StreamStepEvent, stream } from './stream.js';
