import type { GraphBuilder, Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import type { StoredTensor } from '../checkpoint/checkpoint.js';
import type { Weights } from '../contracts/weights.js';
import { scalesName, transposedName } from './packed-names.js';
import { BLOCK } from './quantize.js';

/** Quantized matrices by name, as their file has them. */
export interface PackedTensors {
  readonly bits: 4 | 8;
  /** Codes, scales and transposes: see quantized-file.ts. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** How activations take part in products with packed weights. */
export type Activations = 'float32' | 'int8';

/** onnxruntime's accuracy_level. */
const accuracyLevels: Readonly<Record<Activations, number>> = { float32: 1, int8: 4 };

/** The same weights, but that products with packed matrices are made by MatMulNBits. */
export const packedWeights = (
  weights: Weights,
  packed: PackedTensors,
  activations: Activations = 'float32',
): Weights => ({
  ...weights,
  product(g, name, x, bias) {
    const codes = packed.tensors.get(name);
    if (codes === undefined) return weights.product(g, name, x, bias);
    const [rows, blocks] = codes.dims as [number, number];
    const { weight, scales } = packedInitializers(g, packed, name);
    return g.node(
      'MatMulNBits',
      [x, weight, scales, ...(bias === null ? [] : ['', '', bias])],
      {
        N: int(rows),
        K: int(blocks * BLOCK),
        bits: int(packed.bits),
        block_size: int(BLOCK),
        accuracy_level: int(accuracyLevels[activations]),
      },
      { domain: 'com.microsoft' },
    )[0]!;
  },
});

/**
 * The transpose of a packed matrix by the name that its codes have in the graph; undefined where there is
 * none.
 */
export const transposedPacked = (g: GraphBuilder, packed: PackedTensors, weight: Value) => {
  const name = transposedName(weight.slice(0, -suffixOf(packed).length));
  return packed.tensors.has(name) ? packedInitializers(g, packed, name) : undefined;
};

const suffixOf = ({ bits }: PackedTensors): string => `/q${bits}`;

const packedInitializers = (g: GraphBuilder, packed: PackedTensors, name: string) => {
  const declared = (tensor: string): Value => {
    const value = `${tensor}${suffixOf(packed)}`;
    const { type, dims, file, offset, length } = packed.tensors.get(tensor)!;
    return g.has(value)
      ? value
      : g.initializer(value, { type, dims, external: { location: file, offset, length } });
  };
  return { weight: declared(name), scales: declared(scalesName(name)) };
};
