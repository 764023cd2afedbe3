// What the packages of this project share; it may change in any version.
export { type GrowingCache, type GrowingCacheOptions, growingCache } from './cache/growing-cache.js';
export { type KeptShape, type KeptTensors, keptTensors } from './cache/kept-tensors.js';
export { joinedPiece, type Piece, selectedPiece, tailPiece } from './cache/piece.js';
export { classifierOptionNames } from './classifier/load-classifier-options.js';
export { attentionOptionNames } from './contracts/attention-options.js';
export { fileOptionNames } from './contracts/file-options.js';
export { runtimeOptionNames } from './contracts/runtime-options.js';
export { parseTemplateDate, templateDateText } from './contracts/template-date.js';
export { checkTemplateOptions, templateOptionNames } from './contracts/template-options.js';
export { denoiserOptionNames } from './denoiser/load-denoiser-options.js';
export { readGraph } from './denoiser/read-graph.js';
export { strictJson } from './files/strict-json.js';
export { hubOptionNames } from './hub/hub-options.js';
export { type SourceName, sourceName } from './snapshot/source-name.js';
export { weightOptionNames } from './weights/weight-options.js';
