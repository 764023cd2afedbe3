export { type AdamOptions, adam } from './adam.js';
export { ascent } from './ascent.js';
