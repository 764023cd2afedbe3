export { llada } from './llada.js';
export { paper } from './paper.js';
export { published } from './published.js';
export { reference } from './reference.js';
export { talk } from './talk.js';
