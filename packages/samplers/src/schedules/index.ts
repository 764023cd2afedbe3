export { cosine } from './cosine.js';
export { even } from './even.js';
export { linear } from './linear.js';
