export { delayedUntil } from './build/delayed-until.js';
export { emptyGraph, GraphBuilder } from './build/graph-builder.js';
export { type DecodeOptions, decodeModel } from './bytes/decode-model.js';
export { encodeModel } from './bytes/encode-model.js';
export { type CanonicalizeOptions, canonicalize } from './canonicalize.js';
export { checkModel } from './gate/check-model.js';
export { leastMemory } from './gate/least-memory.js';
export { inferNode } from './inference/infer.js';
export type {
  Attribute,
  Dimension,
  ExternalData,
  ExternalInitializer,
  Graph,
  Initializer,
  InlineInitializer,
  Model,
  Node,
  Value,
  ValueType,
} from './model/model.js';
export { OPSET } from './model/opset.js';
export { pruneGraph } from './model/prune-graph.js';
export { byteSize, dataTypeOf, isFloat, onnxType } from './values/data-types.js';
export { float, int, ints, scalar, string, vector } from './values/literals.js';
