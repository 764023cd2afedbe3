import { InvalidArgumentError } from '@entrgi/core';
import {
  type OptionNames,
  requireBoolean,
  requireFunction,
  requireMemoryLimit,
  requireSignal,
  requireText,
} from '@entrgi/core/internal';
import type { VerifyOptions } from '../snapshot/verify-snapshot.js';

/**
 * How the weights of matrices are held in memory; everything is computed in float32.
 * - `fp32`: as float32, unpacked once while loading.
 * - `auto`: as they are stored, half precision being unpacked where it is used, matrix by matrix: the same
 *   numbers in half the memory.
 * - `fp16`, `bf16`: the same, and refuse a checkpoint that is stored otherwise.
 * - `q8`, `q4`: rounded to 8 or 4 bits with a shared scale, by a file that is made beside the checkpoint the
 *   first time. Embeddings, norms and
 *   tied heads stay as they are stored.
 */
export type WeightDtype = 'auto' | 'fp32' | 'fp16' | 'bf16' | 'q8' | 'q4';

/** How a checkpoint's weights are held, and what that may take. */
export interface WeightOptions extends VerifyOptions {
  /** @default `fp32` */
  readonly dtype?: WeightDtype | undefined;
  /**
   * Hold every weight once, as stored: half the memory, about 8 % slower. Only `fp32` has a choice.
   * @default false
   */
  readonly disablePrepacking?: boolean | undefined;
  /**
   * Folder for the file that `q8` and `q4` make.
   * @default where the weights are, or else ~/.cache/entrgi (XDG_CACHE_HOME)
   */
  readonly quantizedDir?: string | undefined;
  /**
   * Bytes that the weights may take.
   * @default the memory of the machine, or of the container
   */
  readonly memoryLimit?: number | undefined;
  /** Called as `q8` and `q4` are made for the first time; never where they are found made. */
  readonly onQuantize?: ((progress: QuantizeProgress) => void) | undefined;
  /** Stops the making of `q8` and `q4`, of which nothing is left. */
  readonly signal?: AbortSignal | undefined;
}

/** The options that each loader of a checkpoint has, by name. */
export const weightOptionNames: OptionNames<WeightOptions> = {
  dtype: (_, dtype) => checkedDtype(dtype),
  disablePrepacking: requireBoolean,
  quantizedDir: requireText,
  memoryLimit: requireMemoryLimit,
  onQuantize: (name, value) => requireFunction(name, value),
  signal: requireSignal,
  verify: requireBoolean,
};

/** How far quantizing is. */
export interface QuantizeProgress {
  /** Name of the checkpoint. */
  readonly name: string;
  /** Bytes of weights read, out of how many. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Every way to hold weights, as the option `dtype` takes it. */
export const weightDtypes: readonly WeightDtype[] = ['auto', 'fp32', 'fp16', 'bf16', 'q8', 'q4'];

/** Bits of a quantized weight; undefined for a dtype that does not quantize. */
export const bitsOf = (dtype: WeightDtype): 4 | 8 | undefined =>
  dtype === 'q4' ? 4 : dtype === 'q8' ? 8 : undefined;

/** The dtype, checked; throws InvalidArgumentError that lists all. */
export const checkedDtype = (dtype: WeightDtype = 'fp32'): WeightDtype => {
  if (weightDtypes.includes(dtype)) return dtype;
  throw new InvalidArgumentError(`dtype: expected one of ${weightDtypes.join(', ')}, got '${dtype}'.`, {
    value: dtype,
    argument: 'dtype',
  });
};
