export { type DecodeOptions, decodeModel } from './bytes/decode-model.js';
export { type CanonicalizeOptions, canonicalize } from './canonicalize.js';
export { checkModel } from './gate/check-model.js';
export * from './graphs.js';
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
export * as attributes from './values/attributes.js';
