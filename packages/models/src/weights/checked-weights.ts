import { CheckpointError, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import { delayedUntil } from '@entrgi/onnx/graphs';
import { int, onnxType } from '@entrgi/onnx/internal';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { listedNames } from '../checkpoint/listed-names.js';
import type { Weights } from '../contracts/weights.js';
import { expertProblems } from './expert-problems.js';

/** How weights are held in memory. */
export interface Holding {
  /**
   * Half precision stays as it is stored, and is unpacked where it is used.
   * @default false, all is unpacked once, while loading
   */
  readonly asStored?: boolean;
}

/**
 * Checks that the checkpoint holds the tensors `parameters`, with these shapes and in a floating-point type;
 * others are not looked at.
 * @throws CheckpointError that names every tensor that is missing or of another shape
 */
export const checkedWeights = (
  checkpoint: Pick<Checkpoint, 'directory' | 'tensors'>,
  network: {
    readonly parameters: ReadonlyMap<string, readonly number[]>;
  },
  { asStored = false }: Holding = {},
): Weights => {
  const { directory, tensors } = checkpoint;
  const { parameters } = network;
  const missing = [...parameters.keys()].filter((name) => !tensors.has(name));
  const shown = (dims: readonly number[]) => `[${dims.join(', ')}]`;
  const misshapen = [...parameters.keys()].filter((name) => {
    const tensor = tensors.get(name);
    return tensor !== undefined && shown(tensor.dims) !== shown(parameters.get(name)!);
  });
  const shapes = misshapen.map(
    (name) =>
      `${name}: expected shape ${shown(parameters.get(name)!)}, got ${shown(tensors.get(name)!.dims)}`,
  );
  const problems = [
    ...expertProblems(parameters.keys(), tensors.keys()),
    ...(missing.length > 0 ? [`missing ${listedNames(missing)}`] : []),
    ...(shapes.length > 0 ? [listedNames(shapes, { between: '; ' })] : []),
  ];
  if (problems.length > 0) {
    throw new CheckpointError(`${directory}: the weights do not fit config.json: ${problems.join('; ')}.`, {
      value: [...missing, ...misshapen],
      hint: 'config.json and the weights must come from the same model.',
    });
  }
  for (const name of parameters.keys()) {
    const { type } = tensors.get(name)!;
    if (['float32', 'float16', 'bfloat16'].includes(type)) continue;
    throw new UnsupportedError(`${directory}: ${name}: expected float32, float16 or bfloat16, got ${type}.`, {
      value: type,
    });
  }

  const stored = (g: GraphBuilder, name: string): Value => {
    const { type, dims, file, offset, length } = tensors.get(name)!;
    if (!g.has(name)) g.initializer(name, { type, dims, external: { location: file, offset, length } });
    return name;
  };
  const weights: Weights = {
    has: (name) => parameters.has(name),
    value(g, name, after) {
      const tensor = stored(g, name);
      const { type, dims } = tensors.get(name)!;
      const waits = asStored && after !== undefined && dims.length === 2;
      if (waits) return asFloat32(g, delayedUntil(g, tensor, after));
      if (type === 'float32') return tensor;
      const cast = `${name}/float32`;
      if (!g.has(cast)) g.node('Cast', [tensor], { to: int(onnxType('float32')) }, { outputs: [cast] });
      return cast;
    },
    rows: (g, name, indices) =>
      asStored ? asFloat32(g, g.Gather(stored(g, name), indices)) : g.Gather(weights.value(g, name), indices),
    // W lies as [out, in] in the file, and Gemm reads it as it lies: one copy serves the forward pass (transposed) and the gradient (not).
    product: (g, name, x, bias) => g.Gemm(x, weights.value(g, name, x), bias, { transB: 1 }),
  };
  return weights;
};

/** A Cast is the one operator on bfloat16 that onnxruntime runs everywhere. */
const asFloat32 = (g: GraphBuilder, x: Value): Value =>
  g.typeOf(x).type === 'float32' ? x : g.Cast(x, 'float32');
