export { BertForSequenceClassification } from './bert-for-sequence-classification.js';
export { DebertaV2ForSequenceClassification } from './deberta-v2-for-sequence-classification.js';
export { DistilBertForSequenceClassification } from './distil-bert-for-sequence-classification.js';
export { LlamaForSequenceClassification } from './llama-for-sequence-classification.js';
export { ModernBertForSequenceClassification } from './modern-bert-for-sequence-classification.js';
export { Qwen2ForSequenceClassification } from './qwen2-for-sequence-classification.js';
export { Qwen3ForSequenceClassification } from './qwen3-for-sequence-classification.js';
export { RobertaForSequenceClassification } from './roberta-for-sequence-classification.js';
