import type { DataType } from '@entrgi/core';
import { float16Value } from '@entrgi/onnx/internal';

/** Stored float types that can be read. */
export type FloatType = Extract<DataType, 'float32' | 'float16' | 'bfloat16'>;

/** Bytes of one element. */
export const floatSize = (type: FloatType): number => (type === 'float32' ? 4 : 2);

/** The numbers that little-endian bytes stand for; `bytes` begins at an address that is a multiple of 4. */
export const decodeFloats = (bytes: Uint8Array, type: FloatType): Float32Array => {
  const { buffer, byteOffset, byteLength } = bytes;
  if (type === 'float32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  const floats = new Float32Array(halves.length);
  if (type === 'bfloat16') {
    // bfloat16 is the upper half of a float32.
    const bits = new Uint32Array(floats.buffer);
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  } else {
    float16Table ??= Float32Array.from({ length: 65_536 }, (_, half) => float16Value(half));
    for (let i = 0; i < halves.length; i++) floats[i] = float16Table[halves[i]!]!;
  }
  return floats;
};

let float16Table: Float32Array | undefined;
