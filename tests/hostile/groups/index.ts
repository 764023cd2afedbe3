export { files } from './files.js';
export { hub } from './hub.js';
export { numbers } from './numbers.js';
export { onnx } from './onnx.js';
export { signals } from './signals.js';
export { templates } from './templates.js';
export { texts } from './texts.js';
export { tokenizers } from './tokenizers.js';
