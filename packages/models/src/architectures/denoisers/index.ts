export { A2DLlamaLMHeadModel } from './a2d-llama-lm-head-model.js';
export { A2DQwen2LMHeadModel } from './a2d-qwen2-lm-head-model.js';
export { A2DQwen3LMHeadModel } from './a2d-qwen3-lm-head-model.js';
export { BertForMaskedLM } from './bert-for-masked-lm.js';
export { DreamModel } from './dream-model.js';
export { LLaDAModelLM } from './llada-model-lm.js';
export { ModernBertForMaskedLM } from './modern-bert-for-masked-lm.js';
