export { quantizedTensors } from '../../weights/quantized-tensors.js';
