export { gumbel_max } from './gumbel-max.js';
export { inversion } from './inversion.js';
