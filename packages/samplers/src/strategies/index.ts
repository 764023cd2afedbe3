export { compute_matched } from './compute-matched.js';
export { independent } from './independent.js';
export { particle_gibbs } from './particle-gibbs.js';
export { smc } from './smc.js';
