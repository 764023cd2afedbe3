export { cap } from './cap.js';
export { conf } from './conf.js';
export { rescale } from './rescale.js';
