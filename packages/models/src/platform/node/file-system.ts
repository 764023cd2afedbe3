export { resolveCheckpoint } from '../../snapshot/resolve-checkpoint.js';
