import { CheckpointError, UnsupportedError } from '@entrgi/core';
import { type GraphBuilder, int, onnxType, type Value } from '@entrgi/onnx';
import type { Checkpoint } from './checkpoint.js';

/** Writes a checkpoint's tensors into a graph, each once, as references into the weight files. */
export interface Weights {
  has(name: string): boolean;
  /** The tensor as float32. */
  value(g: GraphBuilder, name: string): Value;
}

/**
 * Checks that the checkpoint holds the tensors `parameters`, with these shapes and in a floating-point type, and no others but `ignored`.
 * Throws CheckpointError that names every tensor that is missing, superfluous or of another shape.
 */
export const checkedWeights = (
  checkpoint: Pick<Checkpoint, 'directory' | 'tensors'>,
  network: {
    readonly parameters: ReadonlyMap<string, readonly number[]>;
    readonly ignored: ReadonlySet<string>;
  },
): Weights => {
  const { directory, tensors } = checkpoint;
  const { parameters, ignored } = network;
  const missing = [...parameters.keys()].filter((name) => !tensors.has(name));
  const extra = [...tensors.keys()].filter((name) => !parameters.has(name) && !ignored.has(name));
  const shown = (dims: readonly number[]) => `[${dims.join(', ')}]`;
  const misshapen = [...parameters].flatMap(([name, dims]) => {
    const tensor = tensors.get(name);
    if (tensor === undefined || shown(tensor.dims) === shown(dims)) return [];
    return [`${name}: expected shape ${shown(dims)}, got ${shown(tensor.dims)}`];
  });
  const problems = [
    ...(missing.length > 0 ? [`missing ${listed(missing)}`] : []),
    ...(extra.length > 0 ? [`not expected ${listed(extra)}`] : []),
    ...misshapen,
  ];
  if (problems.length > 0) {
    throw new CheckpointError(`${directory}: the weights do not fit config.json: ${problems.join('; ')}.`, {
      value: [...missing, ...extra],
    });
  }
  for (const name of parameters.keys()) {
    const { type } = tensors.get(name)!;
    if (['float32', 'float16', 'bfloat16'].includes(type)) continue;
    throw new UnsupportedError(`${directory}: ${name}: expected float32, float16 or bfloat16, got ${type}.`, {
      value: type,
    });
  }

  return {
    has: (name) => parameters.has(name),
    value(g, name) {
      const { type, dims, file, offset, length } = tensors.get(name)!;
      const external = { location: file, offset, length };
      if (!g.has(name)) g.initializer(name, { type, dims, external });
      if (type === 'float32') return name;
      const cast = `${name}/float32`;
      // A Cast is the one operator that onnxruntime runs on bfloat16 everywhere.
      if (!g.has(cast)) g.node('Cast', [name], { to: int(onnxType('float32')) }, { outputs: [cast] });
      return cast;
    },
  };
};

/** Names, the first few of many. */
const listed = (names: readonly string[]): string =>
  names.length <= 8 ? names.join(', ') : `${names.slice(0, 8).join(', ')} and ${names.length - 8} more`;
