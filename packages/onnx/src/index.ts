export { type CanonicaliseOptions, canonicalise } from './canonicalise.js';
export { checkModel } from './check-model.js';
export { byteSize, dataTypeOf, isFloat, onnxType } from './data-types.js';
export { type DecodeOptions, decodeModel } from './decode-model.js';
export { delayedUntil } from './delayed-until.js';
export { encodeModel } from './encode-model.js';
export { leastMemory } from './gate/least-memory.js';
export { emptyGraph, GraphBuilder } from './graph-builder.js';
export { inferNode } from './infer.js';
export { float, float16Bits, int, ints, scalar, string, vector } from './literals.js';
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
} from './model.js';
export { OPSET } from './opset.js';
export { pruneGraph } from './prune-graph.js';
