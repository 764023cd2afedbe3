import type { WeightDtype } from '@entrgi/models';
import type { BlockModel } from './block-models.js';

/** What the machine can do. */
export interface MachineRates {
  /** Floating-point operations of a large matrix product, a second. */
  readonly operations: number;
  /** Bytes of memory that are read, or written, a second. */
  readonly bytes: number;
}

export interface BlockFloor {
  readonly gigaflops: number;
  readonly gigabytesPerSecond: number;
  /** Weights that a step reads. */
  readonly weightGigabytes: number;
  /** The longer of computing and reading. */
  readonly secondsPerStep: number;
  /** Experts of a layer that are read. */
  readonly expertsTouched: number;
}

/** Bytes of a weight, with a scale for 32 of them where it is rounded. */
const bytesOf: Readonly<Record<WeightDtype, number>> = {
  fp32: 4,
  auto: 2,
  fp16: 2,
  bf16: 2,
  q8: 1 + 4 / 32,
  q4: 1 / 2 + 4 / 32,
};

/**
 * What a step cannot take less than: the products of its tokens with the weights that they go through, with
 * logits for `rows` of them, and those weights read once from memory.
 */
export const blockFloor = (
  { active, experts }: Pick<BlockModel, 'active' | 'experts'>,
  step: {
    readonly layers: number;
    readonly tokens: number;
    readonly rows: number;
    readonly dtype: WeightDtype;
    /** Experts of a layer that a step reads. Default: as many as tokens that choose at random. */
    readonly touched?: number | undefined;
  },
  rates: MachineRates,
): BlockFloor => {
  const { layers, tokens, rows, dtype } = step;
  const { count = 0, chosen = 0, weights = 0 } = experts ?? {};
  const atRandom = experts === undefined ? 0 : count * (1 - (1 - chosen / count) ** tokens);
  const touched = step.touched ?? atRandom;
  const perToken = active.first + (layers - 1) * active.layer;
  const operations = 2 * (tokens * perToken + rows * active.head);
  const read = active.first + (layers - 1) * (active.layer + (touched - chosen) * weights) + active.head;
  const bytes = read * bytesOf[dtype];
  return {
    gigaflops: rates.operations / 1e9,
    gigabytesPerSecond: rates.bytes / 1e9,
    weightGigabytes: bytes / 1e9,
    secondsPerStep: Math.max(operations / rates.operations, bytes / rates.bytes),
    expertsTouched: touched,
  };
};
