export { LlamaForRewardModelWithGating } from './llama-for-reward-model-with-gating.js';
export { Qwen2ForProcessRewardModel } from './qwen2-for-process-reward-model.js';
