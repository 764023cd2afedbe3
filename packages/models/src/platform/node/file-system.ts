export { inspectCheckpoint } from '../../inspect-checkpoint.js';
export { resolveCheckpoint } from '../../snapshot/resolve-checkpoint.js';
