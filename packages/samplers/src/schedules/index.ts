export { cosine } from './cosine.js';
export { linear } from './linear.js';
