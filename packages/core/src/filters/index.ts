export { ban } from './ban.js';
export { topK } from './top-k.js';
export { topP } from './top-p.js';
