import type { Vocabulary } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { ExternalFiles } from '../files/byte-source.js';
import type { ClassifierInputs, KeysAndValues, Past, PrefixNetwork } from './network.js';
import type { Tokenizer } from './tokenizer.js';

/**
 * A sequence classifier that can be written into a graph, and so be differentiated, whatever it was read
 * from.
 */
export interface Classifier {
  readonly name: string;
  /** What sessions get the graph's external weights from. */
  external(): Promise<ExternalFiles>;
  /** Of packed weights: the transpose of one, for the gradient; see appendGradient of @entrgi/autodiff. */
  readonly transposedWeight?: (g: GraphBuilder, weight: Value) => PackedTranspose | undefined;
  readonly tokenizer: Pick<Tokenizer, 'vocabulary' | 'encodeDialogue' | 'responseSlot'>;
  /** Rows of the word-embedding table. */
  readonly vocabularySize: number;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  /**
   * Whether it can be told which slots count; if not, it scores but cannot guide.
   * @default true
   */
  readonly readsAttention?: boolean | undefined;
  /** The embeddings of `ids` int64 [...shape], float32 [...shape, width]. */
  embed(g: GraphBuilder, ids: Value): Value;
  /**
   * The whole word-embedding table, float32 [rows, width]; `after`, a value of the graph: not unpacked before
   * that is computed.
   */
  embeddingTable(g: GraphBuilder, after?: Value): Value;
  /** Appends the network to the graph; returns one reward per sequence, float32 [batch]. */
  rewards(g: GraphBuilder, inputs: ClassifierInputs): Value;
  /** Of causal networks: how to compute the beginning of a sequence once, for all that may follow. */
  readonly prefix?: ClassifierPrefix;
}

/** A classifier whose weights lie in their files. */
export interface LoadedClassifier extends Classifier {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** Length of an embedding. */
  readonly width: number;
  /** What its labels are called, and the number of the one that is the reward. */
  readonly labels: readonly string[];
  readonly label: number;
}

/** The integers of a packed weight and their scales, as values of the graph. */
export interface PackedTranspose {
  readonly weight: Value;
  readonly scales: Value;
}

/** How a classifier computes the beginning of its texts once, for all that continue it. */
export interface ClassifierPrefix extends Omit<PrefixNetwork, 'append'> {
  /**
   * Appends the network; returns what each layer keeps of tokens (at least one) embedded as float32 [batch,
   * length, width], which come after those of `past`: another piece of the `past` of `rewards`.
   */
  append(g: GraphBuilder, embeds: Value, past?: Past): readonly KeysAndValues[];
}
