export { anchor } from './anchor.js';
export { entropy } from './entropy.js';
export { entropy_filtered } from './entropy-filtered.js';
export { entropy_optimised } from './entropy-optimised.js';
export { maskgit_plus } from './maskgit-plus.js';
export { origin } from './origin.js';
export { topk_margin } from './topk-margin.js';
