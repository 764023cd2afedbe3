export { expectAllClose, type Tolerance } from './expect-all-close.js';
