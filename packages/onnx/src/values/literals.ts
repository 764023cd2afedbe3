import type { DataType } from '@entrgi/core';
import { InvalidArgumentError } from '@entrgi/core';
import type { InlineInitializer } from '../model/model.js';
import { bfloat16Bits, float16Bits } from './float16.js';

/** A 1-D int64 tensor. */
export const vector = (values: readonly number[]): InlineInitializer => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, int64),
});

/**
 * A number as a 64-bit integer; throws InvalidArgumentError for what it cannot hold: typed arrays would wrap
 * it around.
 */
function int64(value: number): bigint {
  if (Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63) return BigInt(value);
  throw new InvalidArgumentError(`Expected an integer from −2⁶³ to 2⁶³ − 1, got ${value}.`, { value });
}

/** A rank-0 tensor of a numeric type. */
export function scalar(value: number, type: DataType): InlineInitializer {
  const dims: number[] = [];
  switch (type) {
    case 'float32':
      return { type, dims, data: Float32Array.of(value) };
    case 'float64':
      return { type, dims, data: Float64Array.of(value) };
    case 'float16':
      return { type, dims, data: Uint16Array.of(float16Bits(value)) };
    case 'bfloat16':
      return { type, dims, data: Uint16Array.of(bfloat16Bits(value)) };
    case 'int64':
      return { type, dims, data: BigInt64Array.of(int64(value)) };
    case 'int32':
      return { type, dims, data: Int32Array.of(int32(value)) };
    case 'bool':
      return { type, dims, data: Uint8Array.of(value ? 1 : 0) };
    default:
      throw new InvalidArgumentError(`No scalar literals of type ${type}.`, { value: type });
  }
}

function int32(value: number): number {
  if (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31) return value;
  throw new InvalidArgumentError(`Expected an integer from −2³¹ to 2³¹ − 1, got ${value}.`, { value });
}
