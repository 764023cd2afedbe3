export { type ClassificationRewardOptions, classificationReward } from './classification-reward.js';
export type { LoadedModel } from './library/open-model.js';
export type { LoadedPipeline } from './library/open-pipeline.js';
export { type LikelihoodRewardOptions, likelihoodReward } from './likelihood-reward.js';
export { loadPerplexity, type Perplexity, type PerplexityOptions } from './load-perplexity.js';
export type { LoadingOptions } from './loading-options.js';
export { type SimilarityRewardOptions, similarityReward } from './similarity-reward.js';
export { type ZeroShotRewardOptions, zeroShotReward } from './zero-shot-reward.js';
