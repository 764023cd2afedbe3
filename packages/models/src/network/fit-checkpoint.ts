import { CheckpointError } from '@entrgi/core';
import type { Checkpoint, StoredTensor } from '../checkpoint/checkpoint.js';
import { refuseForeignWeights } from '../checkpoint/foreign-weights.js';
import { sameBytes } from '../checkpoint/same-bytes.js';
import type { ClassifierNetwork, DenoiserNetwork } from '../contracts/network.js';
import { configReader } from '../files/config-reader.js';
import { readNetwork } from './read-network.js';

/**
 * A checkpoint and the network that its config.json describes, its tensors by the names that the network
 * calls them by.
 */
export interface FittedCheckpoint {
  readonly network: DenoiserNetwork | ClassifierNetwork;
  readonly checkpoint: Checkpoint;
  /** Tensors of the files that the network has no use for, by the names they have there. */
  readonly leftOut: readonly string[];
}

/**
 * Reads the network, and takes the checkpoint's tensors as transformers does: the part that a name begins
 * with may be missing or doubled (a base model saved on its own, or the whole inside another), of a tied head
 * and table one may stand for the other, and a head that differs from the table it ought to be tied to is a
 * head of its own.
 * @throws what readNetwork throws, UnsupportedError for quantized weights, CheckpointError where two tensors
 *   come to have one name
 */
export const fitCheckpoint = async (read: Checkpoint): Promise<FittedCheckpoint> => {
  refuseForeignWeights(read.directory, read.config, read.tensors.keys());
  const network = readNetwork(read);
  const { tensors, leftOut } = renamed(read, network);
  const checkpoint = { ...read, tensors };
  const { tied } = network;
  const head = tied === undefined ? undefined : tensors.get(tied.head);
  if (tied === undefined || head === undefined) return { network, checkpoint, leftOut };
  const table = tensors.get(network.embeddings);
  if (table === undefined) {
    const moved = new Map([...tensors, [network.embeddings, head] as const]);
    return { network, checkpoint: { ...checkpoint, tensors: moved }, leftOut };
  }
  if (await sameBytes(read, head, table)) return { network, checkpoint, leftOut };
  const config = configReader({ ...read.config.fields(), [tied.field]: false }, read.config.file);
  return { network: readNetwork({ config }), checkpoint: { ...checkpoint, config }, leftOut };
};

const renamed = (
  { directory, tensors }: Checkpoint,
  { parameters, base, tied, replaced = new Map() }: DenoiserNetwork | ClassifierNetwork,
): { tensors: ReadonlyMap<string, StoredTensor>; leftOut: string[] } => {
  const others = new Set([tied?.head, ...replaced.values()]);
  const isKnown = (name: string) => parameters.has(name) || others.has(name);
  const prefix = `${base}.`;
  const known = new Map<string, StoredTensor>();
  const leftOut: string[] = [];
  for (const [stored, tensor] of tensors) {
    const bare = stored.startsWith(prefix) ? stored.slice(prefix.length) : undefined;
    const name =
      bare !== undefined && isKnown(bare)
        ? bare
        : isKnown(`${prefix}${stored}`)
          ? `${prefix}${stored}`
          : stored;
    if (known.has(name)) {
      throw new CheckpointError(`${directory}: ${name} is there twice, once as ${stored}.`, {
        value: stored,
      });
    }
    known.set(name, tensor);
    if (!isKnown(name)) leftOut.push(stored);
  }
  for (const [name, other] of replaced) {
    const tensor = known.get(other);
    if (tensor !== undefined) known.set(name, tensor);
  }
  return { tensors: known, leftOut: leftOut.sort() };
};
