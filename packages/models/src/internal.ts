// What the packages of this project share; it may change in any version.
export { type GrowingCache, type GrowingCacheOptions, growingCache } from './cache/growing-cache.js';
export { type KeptShape, type KeptTensors, keptTensors } from './cache/kept-tensors.js';
export { joinedPiece, type Piece, selectedPiece, tailPiece } from './cache/piece.js';
