// The registry: config.json names one of these in `architectures`.
export { BertForSequenceClassification } from './bert-for-sequence-classification.js';
export { DreamModel } from './dream-model.js';
export { Qwen3ForSequenceClassification } from './qwen3-for-sequence-classification.js';
