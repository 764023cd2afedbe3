import type { Classifier, ClassifierPrefix, Past, Tokenizer } from '@entrgi/models';
import type { GraphBuilder, Value } from '@entrgi/onnx';

/** What a reward graph reads: a batch of embedded sequences, and which of their slots count. */
export interface NetworkInputs {
  /** float32 [batch, length, width]. */
  readonly embeds: Value;
  /** int64 [batch, length]: 1 where the network may look, 0 where not. */
  readonly attention: Value;
  /** int64 [batch, length]: the type of each token, where the network knows types. */
  readonly segments: Value;
  /** int64 [batch, length]: the (hard) tokens, −1 for those without an embedding, for networks that look for one, as for the last that is not padding. */
  readonly ids: Value;
  /** What each layer keeps of the tokens before these; only for networks that have a `prefix`. */
  readonly past?: Past | undefined;
}

/** A sequence classifier that can be written into a graph, whatever it was read from. */
export interface RewardNetwork {
  readonly name: string;
  /** Folder that its external weights are relative to. */
  readonly folder: string;
  /** Of networks with packed weights: the transpose of one, for the gradient; see appendGradient. */
  readonly transposedWeight?: Classifier['transposedWeight'];
  readonly tokenizer: Pick<Tokenizer, 'vocabulary' | 'encodeDialogue' | 'around'>;
  /** Rows of the embedding table. */
  readonly rows: number;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  /** Whether it can be told which slots count; if not, it scores but cannot guide. Default: true. */
  readonly readsAttention?: boolean | undefined;
  /** The embeddings of `ids` int64 [...shape], float32 [...shape, width]. */
  embed(g: GraphBuilder, ids: Value): Value;
  /** The whole word-embedding table, float32 [rows, width]; `after`, a value of the graph: not unpacked before that is computed. */
  embeddingTable(g: GraphBuilder, after?: Value): Value;
  /** Appends the network; returns one reward per sequence, float32 [batch]. */
  rewards(g: GraphBuilder, inputs: NetworkInputs): Value;
  /** Of networks whose tokens see no later ones: how to compute what comes before the response once per prompt. */
  readonly prefix?: ClassifierPrefix;
}
