import type { Disposable } from './disposable.js';

/** Element types by their ONNX names, lower-cased. */
export type DataType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'int4'
  | 'uint4'
  | 'bool'
  | 'string';

/**
 * How each element type is held in memory: float16 and bfloat16 as raw bits, bool as 0 or 1, 4-bit types two
 * to a byte.
 */
export interface TensorData {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int16: Int16Array;
  int8: Int8Array;
  uint64: BigUint64Array;
  uint32: Uint32Array;
  uint16: Uint16Array;
  uint8: Uint8Array;
  int4: Uint8Array;
  uint4: Uint8Array;
  bool: Uint8Array;
  string: readonly string[];
}

/** A dense, row-major tensor of one element type. */
export type Tensor<T extends DataType = DataType> = {
  [K in T]: { readonly type: K; readonly dims: readonly number[]; readonly data: TensorData[K] };
}[T];

/**
 * A tensor that stays where it was computed, on a graphics card for instance: only sessions of the same
 * backend take it. Whoever asked for it disposes it.
 */
export interface KeptTensor extends Disposable {
  readonly type: DataType;
  readonly dims: readonly number[];
  /** The backend's number of it. */
  readonly kept: number;
}

/** What a session takes for an input. */
export type Feeds = Readonly<Record<string, Tensor | KeptTensor>>;
