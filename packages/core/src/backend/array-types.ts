import type { DataType } from '../contracts/runtime/tensor.js';

/** The array that holds the elements of each numeric type. */
export const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  int4: Uint8Array,
  uint4: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<Exclude<DataType, 'string'>, unknown>;
