import type { DataType } from '@entrgi/core';
import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from './rule.js';

/**
 * How to compute with half precision in float32: sums and counts of many elements overflow it or are lost in
 * it. `widen` casts, `back` undoes it; other types stay as they are.
 * @param like a value of the type in question
 */
export function inSinglePrecision({ g }: Pick<RuleRequest, 'g'>, like: Value) {
  const { type } = g.typeOf(like);
  const half = type === 'float16' || type === 'bfloat16';
  const wide: DataType = half ? 'float32' : type;
  return {
    /** The type computed in. */
    wide,
    widen: (value: Value) => (half ? g.Cast(value, 'float32') : value),
    back: (value: Value) => (half ? g.Cast(value, type) : value),
  };
}
