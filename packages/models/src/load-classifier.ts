import { UnsupportedError, type Vocabulary } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { KeysAndValues } from './blocks/attention.js';
import { readCheckpoint } from './checkpoint.js';
import type { HubOptions } from './hub-options.js';
import { loadTokenizer } from './load-tokenizer.js';
import type { ClassifierInputs, Past, PrefixNetwork } from './network.js';
import { architectureName, readNetwork } from './read-network.js';
import type { Tokenizer } from './tokenizer.js';
import { checkedWeights } from './weights.js';

/** A sequence classifier that can be written into a graph, and so be differentiated. */
export interface Classifier {
  readonly name: string;
  /** Absolute path that the graph's external weights are relative to. */
  readonly folder: string;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** Rows of the word-embedding table. */
  readonly rows: number;
  /** Length of an embedding. */
  readonly width: number;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  /** The word-embedding table in the graph, float32 [rows, width]. */
  embeddingTable(g: GraphBuilder): Value;
  /** Appends the network to the graph; returns the logit of label 0, float32 [batch]. */
  rewards(g: GraphBuilder, inputs: ClassifierInputs): Value;
  /** Of causal networks: how to compute the beginning of a sequence once, for all that may follow. */
  readonly prefix?: ClassifierPrefix;
}

export interface ClassifierPrefix extends Omit<PrefixNetwork, 'append'> {
  /**
   * Appends the network; returns what each layer keeps of tokens (at least one) embedded as float32 [batch, length, width], which come after
   * those of `past`: another piece of the `past` of `rewards`.
   */
  append(g: GraphBuilder, embeds: Value, past?: Past): readonly KeysAndValues[];
}

/**
 * Loads a sequence classifier from a directory in Hugging Face layout or from the hub: everything but the weights, which stay in their files.
 * Throws CheckpointError where a file is missing, corrupt or contradicts another, UnsupportedError for another architecture, and what
 * resolveCheckpoint throws.
 */
export const loadClassifier = async (source: string, options: HubOptions = {}): Promise<Classifier> => {
  const checkpoint = await readCheckpoint(source, options);
  const { directory } = checkpoint;
  const network = readNetwork(checkpoint);
  if (network.task !== 'classifier') {
    throw new UnsupportedError(
      `${directory}: expected a sequence classifier, got the ${network.task} ${architectureName(checkpoint)}.`,
      { value: directory, cure: 'Reward models are sequence classifiers.' },
    );
  }
  const weights = checkedWeights(checkpoint, network);
  const tokenizer = await loadTokenizer(checkpoint.source, { config: checkpoint.config, rows: network.rows });
  const { rows, width, maxLength, embeddings, prefix } = network;
  return {
    name: checkpoint.name,
    folder: checkpoint.folder,
    tokenizer,
    vocabulary: tokenizer.vocabulary,
    rows,
    width,
    maxLength,
    embeddingTable: (g) => weights.value(g, embeddings),
    rewards: (g, inputs) => network.rewards(g, weights, inputs),
    ...(prefix === undefined
      ? {}
      : { prefix: { ...prefix, append: (g, embeds, past) => prefix.append(g, weights, embeds, past) } }),
  };
};
