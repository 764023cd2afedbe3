import { readSafetensorsHeader } from '../../../packages/models/src/checkpoint/safetensors.js';
import { mutateBytes } from '../mutate-bytes.js';
import { mutateJson } from '../mutate-json.js';
import type { Mutation, Target } from '../target.js';

/** The header alone is mutated, its length kept right. */
const mutateHeader: Mutation = (bytes, random, others) => {
  if (bytes.length < 8) return bytes;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return bytes;
  const header = mutateJson(bytes.subarray(8, 8 + length), random, others);
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(header.length), true);
  return Buffer.concat([prefix, header, bytes.subarray(8 + length)]);
};

const small = (tensors: object, bytes: number): Uint8Array => {
  const header = new TextEncoder().encode(JSON.stringify(tensors));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(header.length), true);
  return Buffer.concat([prefix, header, new Uint8Array(bytes)]);
};

/** The header of a .safetensors file. */
export const safetensors: Target = {
  inputs: async () => [
    small({ a: { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] } }, 16),
    small(
      {
        __metadata__: { format: 'pt' },
        a: { dtype: 'F16', shape: [3], data_offsets: [0, 6] },
        b: { dtype: 'I64', shape: [], data_offsets: [6, 14] },
        c: { dtype: 'BF16', shape: [0, 4], data_offsets: [14, 14] },
        d: { dtype: 'U8', shape: [1, 2, 3], data_offsets: [14, 20] },
      },
      20,
    ),
  ],
  mutations: [mutateHeader, mutateHeader, mutateBytes],
  attempt: (bytes) =>
    readSafetensorsHeader(
      { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) },
      'model.safetensors',
    ),
};
