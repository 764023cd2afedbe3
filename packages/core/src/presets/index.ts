export { paper } from './paper.js';
export { reference } from './reference.js';
export { talk } from './talk.js';
