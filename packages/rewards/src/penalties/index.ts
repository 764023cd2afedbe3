export { length } from './length.js';
export { repetition } from './repetition.js';
