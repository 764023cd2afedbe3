// What the packages of this project share; it may change in any version.
export { causalMask } from './build/causal-mask.js';
export { countUp } from './build/count-up.js';
export { emptyGraph } from './build/graph-builder.js';
export { type SkimmedSource, skimModel } from './bytes/skim-model.js';
export { leastMemory } from './gate/least-memory.js';
export { parseEquation } from './inference/einsum-equation.js';
export { angleNodes } from './model/angle-nodes.js';
export { type AttributeReader, attributeReader } from './model/attribute-reader.js';
export { float, int, ints, string } from './values/attributes.js';
export { byteSize, isFloat, onnxType } from './values/data-types.js';
export { elementCount } from './values/element-count.js';
export { bfloat16Value, float16Bits, float16Value } from './values/float16.js';
export { int64Tensor } from './values/int64-tensor.js';
export { lowestFloat } from './values/lowest-float.js';
