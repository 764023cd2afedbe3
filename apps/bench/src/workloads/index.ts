export { denoise } from './denoise.js';
export { generate } from './generate.js';
export { gradient } from './gradient.js';
export { guide } from './guide.js';
export { matrix } from './matrix.js';
export { passes } from './passes.js';
export { replay } from './replay.js';
export { score } from './score.js';
