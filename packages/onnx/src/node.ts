export { checkExternalFiles } from './node/check-external-files.js';
export { readModelFile } from './node/read-model-file.js';
export { writeModelFile } from './node/write-model-file.js';
