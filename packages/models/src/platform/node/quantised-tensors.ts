export { quantisedTensors } from '../../weights/quantised-tensors.js';
