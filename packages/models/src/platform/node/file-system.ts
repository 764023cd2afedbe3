export { inspectCheckpoint } from '../../inspect-checkpoint.js';
export { readOnnxFile } from '../../onnx/onnx-file.js';
export { resolveCheckpoint } from '../../snapshot/resolve-checkpoint.js';
export { verifySnapshot } from '../../snapshot/verify-snapshot.js';
