export { onnx } from './onnx.js';
export { prompts } from './prompts.js';
export { safetensors } from './safetensors.js';
export { tokenizer } from './tokenizer.js';
