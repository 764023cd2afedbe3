export { denoise } from './denoise.js';
export { generate } from './generate.js';
export { gradient } from './gradient.js';
export { guide } from './guide.js';
export { matrix } from './matrix.js';
export { score } from './score.js';
