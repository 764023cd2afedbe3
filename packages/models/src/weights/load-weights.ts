import { InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import { inFloat32 } from '#platform/in-float32';
import { quantizedTensors } from '#platform/quantized-tensors';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { Classifier } from '../contracts/classifier.js';
import type { ClassifierNetwork, DenoiserNetwork } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';
import type { ExternalFiles } from '../files/byte-source.js';
import { checkMemory, expertMemory } from './check-memory.js';
import { checkedWeights } from './checked-weights.js';
import { packedWeights, transposedPacked } from './packed-weights.js';
import { productWeights } from './product-weights.js';
import { BLOCK } from './quantize.js';
import { bitsOf, checkedDtype, type WeightOptions } from './weight-options.js';

/** A network's weights, ready to be written into graphs. */
export interface LoadedWeights {
  readonly weights: Weights;
  /** What sessions get the graphs' external weights from. */
  external(): Promise<ExternalFiles>;
  /** Whether sessions are to hold weights once. */
  readonly disablePrepacking: boolean;
  /**
   * The same of sessions that seldom run: not worth a copy of float weights, but packed ones are slow until
   * the runtime has them in its own layout.
   */
  readonly disableSeldomPrepacking: boolean;
  /** Of a mixture: bytes that an expert takes, and that all which are held at a time may take. */
  readonly experts?: { readonly each: number; readonly limit: number } | undefined;
  /**
   * Of packed weights, by the name of their codes in the graph: the same numbers packed the other way round.
   */
  readonly transposedWeight?: Classifier['transposedWeight'];
}

/** What only networks that run forward may ask for. */
export interface ForwardOptions {
  /** See LoadDenoiserOptions. */
  readonly int8Activations?: boolean | undefined;
}

/**
 * Checks a checkpoint's weights against the network, and gives them the form they are held in, making it
 * where needed.
 * @throws CheckpointError where they do not fit the network, MemoryLimitError where they do not fit the
 *   memory, UnsupportedError for a dtype they do not have or cannot be given, and what quantizedTensors
 *   throws
 */
export const loadWeights = async (
  stored: Checkpoint,
  network: DenoiserNetwork | ClassifierNetwork,
  options: WeightOptions & ForwardOptions,
): Promise<LoadedWeights> => {
  const checkpoint = checkedDtype(options.dtype) === 'fp32' ? inFloat32(stored) : stored;
  const { directory, tensors } = checkpoint;
  const { disablePrepacking = false, int8Activations = false } = options;
  const dtype = checkedDtype(options.dtype);
  const bits = bitsOf(dtype);
  const weights = checkedWeights(checkpoint, network, { asStored: dtype !== 'fp32' });
  if (dtype === 'fp16' || dtype === 'bf16') requireStored(checkpoint, network, dtype);
  if (int8Activations && bits === undefined) {
    throw new InvalidArgumentError(`int8Activations: expected dtype 'q4' or 'q8', got '${dtype}'.`, {
      value: dtype,
    });
  }
  // What gets a gradient is multiplied by from both sides, and by the same numbers only if a scale belongs to a square of them.
  const differentiated = network.task === 'classifier';
  const products = [...productWeights(network, weights)];
  const packable = (bits: 4 | 8): ReadonlySet<string> =>
    new Set(
      products.filter((name) => {
        const [rows, columns] = network.parameters.get(name)!;
        // A tied head is packed beside the table it is tied to, which is then only looked up. Products with 8 bits unpack all of a matrix each
        // time, which costs more than it spares for one that is there anyway.
        if (name === network.embeddings && bits === 8) return false;
        return columns! % BLOCK === 0 && (!differentiated || rows! % BLOCK === 0);
      }),
    );
  const question = {
    tensors,
    parameters: network.parameters,
    packable,
    transposed: differentiated,
    sessions: differentiated ? 2 : 1,
    disablePrepacking,
    experts: network.task === 'denoiser' ? network.experts : undefined,
  };
  await checkMemory(directory, question, dtype, options.memoryLimit);
  const experts =
    question.experts === undefined
      ? undefined
      : await expertMemory({ ...question, experts: question.experts }, dtype, options.memoryLimit);
  if (bits === undefined) {
    const { external } = checkpoint;
    return { weights, external, disablePrepacking, disableSeldomPrepacking: true, experts };
  }

  const names = [...packable(bits)];
  if (names.length === 0) {
    throw new UnsupportedError(
      `${directory}: dtype '${dtype}': expected matrices with sizes that are multiples of ${BLOCK}, got none.`,
      { value: dtype, hint: "Choose 'auto' or 'fp32'." },
    );
  }
  const how = {
    quantization: { bits, tileRows: differentiated ? 32 : 1 },
    transposed: differentiated,
  } as const;
  const quantized = await quantizedTensors(checkpoint, names, how, options);
  const { packed, folder } = quantized;
  const rest = checkedWeights({ directory, tensors: quantized.tensors }, network, { asStored: true });
  return {
    weights: packedWeights(rest, packed, int8Activations ? 'int8' : 'float32'),
    external: async () => ({ folder }),
    disablePrepacking: false,
    disableSeldomPrepacking: false,
    experts,
    ...(differentiated ? { transposedWeight: (g, weight) => transposedPacked(g, packed, weight) } : {}),
  };
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
    { value: dtype, hint: "Choose 'auto' to keep what is stored, or 'fp32', 'q8' or 'q4'." },
  );
};
