import { UnsupportedError, type Vocabulary } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { KeysAndValues } from './blocks/attention.js';
import { readCheckpoint } from './checkpoint.js';
import type { HubOptions } from './hub-options.js';
import { loadTokenizer } from './load-tokenizer.js';
import { type LoadedWeights, loadWeights } from './load-weights.js';
import type { ClassifierInputs, Past, PrefixNetwork } from './network.js';
import { architectureName, readNetwork } from './read-network.js';
import type { TemplateOptions } from './template-options.js';
import type { Tokenizer } from './tokenizer.js';
import type { WeightOptions } from './weight-options.js';

/** A sequence classifier that can be written into a graph, and so be differentiated. */
export interface Classifier {
  readonly name: string;
  /** Absolute path that the graph's external weights are relative to. */
  readonly folder: string;
  /** Of weights packed by `q8` and `q4`: the same numbers packed the other way round, for the gradient. */
  readonly transposedWeight?: LoadedWeights['transposedWeight'];
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** Rows of the word-embedding table. */
  readonly rows: number;
  /** Length of an embedding. */
  readonly width: number;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  /** The embeddings of `ids` int64 [...shape], float32 [...shape, width]. */
  embed(g: GraphBuilder, ids: Value): Value;
  /** The whole word-embedding table, float32 [rows, width]; `after`, a value of the graph: not unpacked before that is computed. */
  embeddingTable(g: GraphBuilder, after?: Value): Value;
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
export const loadClassifier = async (
  source: string,
  options: HubOptions & WeightOptions & TemplateOptions = {},
): Promise<Classifier> => {
  const checkpoint = await readCheckpoint(source, options);
  const { directory } = checkpoint;
  const network = readNetwork(checkpoint);
  if (network.task !== 'classifier') {
    throw new UnsupportedError(
      `${directory}: expected a sequence classifier, got the ${network.task} ${architectureName(checkpoint)}.`,
      { value: directory, cure: 'Reward models are sequence classifiers.' },
    );
  }
  const { weights, folder, transposedWeight } = await loadWeights(checkpoint, network, options);
  const { config, source: files } = checkpoint;
  const tokenizer = await loadTokenizer(files, { config, rows: network.rows }, options);
  const { rows, width, maxLength, embeddings, prefix } = network;
  return {
    name: checkpoint.name,
    folder,
    ...(transposedWeight === undefined ? {} : { transposedWeight }),
    tokenizer,
    vocabulary: tokenizer.vocabulary,
    rows,
    width,
    maxLength,
    embed: (g, ids) => weights.rows(g, embeddings, ids),
    embeddingTable: (g, after) => weights.value(g, embeddings, after),
    rewards: (g, inputs) => network.rewards(g, weights, inputs),
    ...(prefix === undefined
      ? {}
      : { prefix: { ...prefix, append: (g, embeds, past) => prefix.append(g, weights, embeds, past) } }),
  };
};
