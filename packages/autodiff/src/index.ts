export { type DifferentiateOptions, differentiate } from './differentiate.js';
export { appendGradient, type GradientRequest } from './gradient-graph.js';
export type { PackedWeight, TransposedProduct, TransposedWeight } from './rule/rule.js';
