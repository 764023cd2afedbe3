import { UnsupportedError } from '@entrgi/core';
import type { Checkpoint } from './checkpoint.js';
import type { ClassifierNetwork, DenoiserNetwork } from './network.js';
import { checkedDtype, type WeightOptions } from './weight-options.js';
import { checkedWeights, type Weights } from './weights.js';

/** A network's weights, ready to be written into graphs. */
export interface LoadedWeights {
  readonly weights: Weights;
  /** Absolute path that the graphs' external weights are relative to. */
  readonly folder: string;
}

/**
 * Checks a checkpoint's weights against the network, and chooses how they are held. Throws CheckpointError where they do not fit it,
 * UnsupportedError where they are not stored in the dtype that is asked for.
 */
export const loadWeights = async (
  checkpoint: Checkpoint,
  network: DenoiserNetwork | ClassifierNetwork,
  options: WeightOptions,
): Promise<LoadedWeights> => {
  const { folder } = checkpoint;
  const dtype = checkedDtype(options.dtype);
  const weights = checkedWeights(checkpoint, network, { asStored: dtype !== 'fp32' });
  if (dtype === 'fp16' || dtype === 'bf16') requireStored(checkpoint, network, dtype);
  return { weights, folder };
};

const storedTypes = { fp16: 'float16', bf16: 'bfloat16' } as const;

/** Norms and biases may be of any type: they are small, and often kept in float32. */
const requireStored = (
  { directory, tensors }: Checkpoint,
  { parameters }: Pick<DenoiserNetwork, 'parameters'>,
  dtype: keyof typeof storedTypes,
): void => {
  const matrices = [...parameters].filter(([, dims]) => dims.length > 1).map(([name]) => name);
  const others = matrices.filter((name) => tensors.get(name)!.type !== storedTypes[dtype]);
  if (others.length === 0) return;
  const types = [...new Set(others.map((name) => tensors.get(name)!.type))].join(' and ');
  throw new UnsupportedError(
    `${directory}: dtype '${dtype}': expected weights stored in ${storedTypes[dtype]}, got ${types} ` +
      `(${others[0]}${others.length > 1 ? ` and ${others.length - 1} more` : ''}).`,
    { value: dtype, cure: "Choose 'auto' to keep what is stored, or 'fp32', 'q8' or 'q4'." },
  );
};
