export { journal } from './journal.js';
export { onnx } from './onnx.js';
export { prompts } from './prompts.js';
export { report } from './report.js';
export { safetensors } from './safetensors.js';
export { tokenizer } from './tokenizer.js';
