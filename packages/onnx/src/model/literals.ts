import type { DataType } from '@entrgi/core';
import { InvalidArgumentError } from '@entrgi/core';
import type { Attribute, InlineInitializer } from './model.js';

/** An attribute that holds an integer. */
export const int = (value: number): Attribute => ({ kind: 'int', value });
/** An attribute that holds a float. */
export const float = (value: number): Attribute => ({ kind: 'float', value });
/** An attribute that holds a string. */
export const string = (value: string): Attribute => ({ kind: 'string', value });
/** An attribute that holds a list of integers. */
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

/** A 1-D int64 tensor. */
export const vector = (values: readonly number[]): InlineInitializer => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, int64),
});

/** A number as a 64-bit integer; throws InvalidArgumentError for what it cannot hold: typed arrays would wrap it around. */
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

/** The bits of the bfloat16 nearest to a number's float32 (ties to even): its upper half. */
export function bfloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  const [bits] = new Uint32Array(Float32Array.of(value).buffer) as unknown as [number];
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The bits of the float16 nearest to a number (ties to even). */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  // Subnormal spacing is 2⁻²⁴; above 2⁻¹⁴ the spacing is 2^(e − 10).
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude));
  const quotient = magnitude / 2 ** (exponent - 10);
  let mantissa = Math.floor(quotient);
  const rest = quotient - mantissa;
  if (rest > 0.5 || (rest === 0.5 && mantissa % 2 === 1)) mantissa++;
  return sign | (magnitude < 2 ** -14 ? mantissa : ((exponent + 14) << 10) + mantissa);
}
