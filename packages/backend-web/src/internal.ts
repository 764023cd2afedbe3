// What the packages of this project share; it may change in any version.
export { holdLife, waitForEnd } from './worker-life.js';
