// The registry: config.json names one of these in `architectures`.
export { A2DLlamaLMHeadModel } from './a2d-llama-lm-head-model.js';
export { A2DQwen2LMHeadModel } from './a2d-qwen2-lm-head-model.js';
export { A2DQwen3LMHeadModel } from './a2d-qwen3-lm-head-model.js';
export { BertForMaskedLM } from './bert-for-masked-lm.js';
export { BertForSequenceClassification } from './bert-for-sequence-classification.js';
export { DebertaV2ForSequenceClassification } from './deberta-v2-for-sequence-classification.js';
export { DistilBertForSequenceClassification } from './distil-bert-for-sequence-classification.js';
export { DreamModel } from './dream-model.js';
export { LLaDAModelLM } from './llada-model-lm.js';
export { LlamaForSequenceClassification } from './llama-for-sequence-classification.js';
export { ModernBertForMaskedLM } from './modern-bert-for-masked-lm.js';
export { ModernBertForSequenceClassification } from './modern-bert-for-sequence-classification.js';
export { Qwen2ForSequenceClassification } from './qwen2-for-sequence-classification.js';
export { Qwen3ForSequenceClassification } from './qwen3-for-sequence-classification.js';
export { RobertaForSequenceClassification } from './roberta-for-sequence-classification.js';
