// What the packages of this project share; it may change in any version.
export { type KeptShape, type KeptTensors, keptTensors } from './network/kept-tensors.js';
