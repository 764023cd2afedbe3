export { arithmetic } from './arithmetic.js';
export { denoiser } from './denoiser.js';
export { generation } from './generation.js';
export { reward } from './reward.js';
export { switches } from './switches.js';
export { vocabulary } from './vocabulary.js';
