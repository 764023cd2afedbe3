import { MemoryLimitError } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { elementCount, leastMemory } from '@entrgi/onnx/internal';
import { machineMemory } from '#platform/machine-memory';
import type { StoredTensor } from '../checkpoint/checkpoint.js';
import type { Expert } from '../contracts/network.js';
import { bitsOf, type WeightDtype } from './weight-options.js';

/** What a network's weights would take. */
export interface MemoryQuestion {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /**
   * Matrices that `q8` and `q4` pack. A packed table of embeddings is also looked up as it is stored, which
   * keeps little of it in memory.
   */
  readonly packable: (bits: 4 | 8) => ReadonlySet<string>;
  /** Whether packed matrices are there transposed too. */
  readonly transposed: boolean;
  /** Whether a float32 copy of its own is made by each session (packing, unpacking), and by how many. */
  readonly sessions: number;
  readonly disablePrepacking: boolean;
  /** Of mixtures: only what is chosen of them is held, and no more than there is room for. */
  readonly experts?: readonly Expert[] | undefined;
}

/** Bytes that the weights, or those of them that are named, take in memory, activations not counted. */
export const weightBytes = (
  question: MemoryQuestion,
  dtype: WeightDtype,
  names: Iterable<string> = question.parameters.keys(),
): number => {
  const { tensors, parameters, packable, transposed, sessions, disablePrepacking } = question;
  const bits = bitsOf(dtype);
  const packed = bits === undefined ? new Set() : packable(bits);
  let sum = 0;
  for (const name of names) {
    const dims = parameters.get(name)!;
    const { type, length } = tensors.get(name)!;
    const elements = elementCount(dims);
    if (bits !== undefined && packed.has(name)) {
      // Each number takes its bits and a 32nd of a float32 scale; each session packs its own.
      sum += ((elements * (bits + 1)) / 8) * (sessions + (transposed ? 1 : 0));
    } else if (dtype !== 'fp32' && dims.length === 2) sum += length;
    else sum += 4 * elements * (disablePrepacking && type === 'float32' ? 1 : sessions);
  }
  return sum;
};

/** Bytes that have to be there at once: of the experts, one. */
const leastBytes = (question: MemoryQuestion, dtype: WeightDtype): number => {
  const { parameters, experts = [] } = question;
  const given = new Set(experts.slice(1).flatMap((expert) => expert.parameters));
  return weightBytes(
    question,
    dtype,
    [...parameters.keys()].filter((name) => !given.has(name)),
  );
};

/**
 * Bytes that an expert takes, and how many there are for all that are held; all experts of a network are
 * alike.
 */
export const expertMemory = async (
  question: MemoryQuestion & { readonly experts: readonly Expert[] },
  dtype: WeightDtype,
  memoryLimit: number | undefined,
): Promise<{ readonly each: number; readonly limit: number }> => {
  const each = weightBytes(question, dtype, question.experts[0]!.parameters);
  // Of a limit that nobody has set, some is left to all else that the machine does.
  const limit = memoryLimit ?? 0.75 * (await machineMemory());
  return { each, limit: limit - leastBytes(question, dtype) + each };
};

/**
 * Throws MemoryLimitError where the weights would not fit, with the estimate, the limit and what would fit.
 */
export const checkMemory = async (
  name: string,
  question: MemoryQuestion,
  dtype: WeightDtype,
  memoryLimit: number | undefined,
): Promise<void> => {
  const estimate = { bytes: leastBytes(question, dtype), as: ` as '${dtype}'` };
  await requireMemory(name, estimate, memoryLimit, (limit) => {
    const smaller = (['auto', 'q8', 'q4'] as const)
      .map((each) => [each, leastBytes(question, each)] as const)
      .find(([, each]) => each <= limit);
    return smaller === undefined
      ? 'Choose a smaller model'
      : `Choose dtype '${smaller[0]}', which takes about ${gigabytes(smaller[1])}`;
  });
};

/**
 * The same of an ONNX model as it is: its weights, the constants computed from them, and the largest value of
 * the shortest run.
 */
export const checkOnnxMemory = async (
  path: string,
  model: Model,
  sessions: number,
  memoryLimit: number | undefined,
): Promise<void> => {
  const { weights, values } = leastMemory(model);
  const bytes = sessions * weights + values;
  await requireMemory(path, { bytes, as: '' }, memoryLimit, () => 'Choose a smaller or a quantized model');
};

const requireMemory = async (
  name: string,
  { bytes, as }: { readonly bytes: number; readonly as: string },
  memoryLimit: number | undefined,
  hint: (limit: number) => string,
): Promise<void> => {
  const limit = memoryLimit ?? (await machineMemory());
  if (bytes <= limit) return;
  throw new MemoryLimitError(
    `${name}: its weights take about ${gigabytes(bytes)}${as}, but the limit is ${gigabytes(limit)}.`,
    { value: bytes, hint: `${hint(limit)}, or raise memoryLimit.` },
  );
};

const gigabytes = (bytes: number): string =>
  bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
