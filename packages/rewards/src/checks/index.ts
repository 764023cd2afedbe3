export { answers } from './answers.js';
export { json } from './json.js';
export { length } from './length.js';
export { matches } from './matches.js';
