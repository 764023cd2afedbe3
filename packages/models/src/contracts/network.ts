import type { BlockAttention } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { ConfigReader } from '../files/config-reader.js';
import type { TemplateOptions } from './template-options.js';
import type { Weights } from './weights.js';

/**
 * What an architecture makes of a config.json: facts, and a function that writes the network into a graph.
 */
interface NetworkFacts {
  readonly layers: number;
  /** Length of an embedding. */
  readonly width: number;
  /** Rows of the word-embedding table. */
  readonly vocabularySize: number;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  /** Name of the word-embedding table, [rows, width]. */
  readonly embeddings: string;
  /** Shape of every tensor that the checkpoint must hold, by name. */
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  /** What the names of all tensors but the head's begin with. */
  readonly base: string;
  /** Parameters that a tensor of another name stands for where there is one. */
  readonly replaced?: ReadonlyMap<string, string>;
  /**
   * Where the embedding table is the head too, because a field of config.json says so: that field, and what a
   * head of its own would be called.
   */
  readonly tied?: { readonly field: string; readonly head: string };
}

/** A denoiser's network: how its architecture appends it to a graph. */
export interface DenoiserNetwork extends NetworkFacts {
  readonly task: 'denoiser';
  /** Variables that the family gives to its chat template. */
  readonly templateVariables?: TemplateOptions['templateVariables'];
  /**
   * Whether the logits that predict position l stand at l − 1 (those of the first position, at the first).
   */
  readonly shifted: boolean;
  /** What its mask token is called, where neither config.json nor the tokenizer says which it is. */
  readonly maskToken?: string;
  /** Of families that are also or only trained so that tokens see no later block. */
  readonly blockAttention?: FamilyBlocks;
  /**
   * Appends the network: `ids` int64 [batch, length] and flat `positions` int64 [rows] to logits float32
   * [rows, vocabulary].
   */
  logits(
    g: GraphBuilder,
    weights: Weights,
    inputs: { ids: Value; positions: Value; blocks?: Blocks | undefined },
  ): Value;
  /**
   * All that the tokens of mixtures of experts may choose. Graphs have places for them, and what they are
   * made of goes to graphs of their own.
   */
  readonly experts?: readonly Expert[];
  /** Of networks whose tokens know of each other by keys and values only. */
  readonly block?: BlockNetwork;
}

/** One of a mixture, which is computed and read from its file where a token has chosen it. */
export interface Expert {
  readonly name: string;
  /** Names of its tensors. */
  readonly parameters: readonly string[];
  /** Appends it, from and to rows [tokens, width]. */
  append(g: GraphBuilder, weights: Weights, x: Value): Value;
}

/**
 * How a family counts blocks, and how long they are where its config.json says so: then its tokens never see
 * a later one.
 */
export interface FamilyBlocks extends Pick<BlockAttention, 'countedFrom'> {
  readonly blockLength?: number;
}

/**
 * Blocks of a graph's tokens: the token at position p is in block (p + offset) / length, rounded down.
 * `offset` is int64 [1].
 */
export interface Blocks {
  readonly length: number;
  readonly offset: Value;
}

/** Some tokens of a sequence on their own, given what the network kept of the others. */
export interface BlockNetwork {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /**
   * Whether what is kept of a token is the same however many follow, where it sees none of them. Where tokens
   * turn by the length of the text it is not.
   */
  readonly knowsNoLength: boolean;
  /**
   * Appends the network over tokens `ids`, int64 [batch, length], that begin at position `start`, int64 [1]
   * (default: behind those of `past`), and also see all of `past`, wherever they stand. `positions` as for
   * `logits`; default: all.
   */
  decode(
    g: GraphBuilder,
    weights: Weights,
    inputs: { ids: Value; positions?: Value; start?: Value; past?: Past; blocks?: Blocks | undefined },
  ): DecodedTokens;
}

/** What becomes of some tokens. */
export interface DecodedTokens {
  /** What each layer keeps of them. */
  readonly kept: readonly KeysAndValues[];
  /** Appends the head; returns float32 [rows, vocabulary]. */
  logits(): Value;
}

/** A classifier's network: how its architecture appends it to a graph. */
export interface ClassifierNetwork extends NetworkFacts {
  readonly task: 'classifier';
  /** What its labels are called. */
  readonly labels: readonly string[];
  /**
   * The label that is the reward where none is said.
   * @default of several with names of their own none
   */
  readonly usualLabel?: string;
  /** Text of the template by whose tokens it finds where to look. */
  readonly mark?: Mark;
  /** Appends the network; returns the score of each label, float32 [batch, labels]. */
  scores(g: GraphBuilder, weights: Weights, inputs: MarkedInputs): Value;
  /** Of networks whose tokens see no later ones; the others cannot be computed in parts. */
  readonly prefix?: PrefixNetwork;
}

/** What a network looks for among its tokens. */
export interface Mark {
  readonly text: string;
  /**
   * Whether it is a single token that is put behind each step of a response; else the template writes it
   * before a response.
   */
  readonly endsSteps: boolean;
}

/**
 * The beginning of a sequence on its own: it is the same whatever follows, so it need be computed only once.
 */
export interface PrefixNetwork {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /**
   * Whether the token can be where the score is read: the last of these in a text is, so it must not be left
   * to the beginning.
   */
  isScored(id: number): boolean;
  /**
   * Whether all of these count, and not only the last: then no beginning of a response is computed apart.
   * @default false
   */
  readonly scoresAll?: boolean;
  /**
   * Appends the network; returns what each layer keeps of tokens (at least one) embedded as float32 [batch,
   * length, width], which come after those of `past`.
   */
  append(g: GraphBuilder, weights: Weights, embeds: Value, past?: Past): readonly KeysAndValues[];
}

/** What the network of a classifier is appended to: values of the graph that is being built. */
export interface ClassifierInputs {
  /** float32 [batch, length, width]. */
  readonly embeds: Value;
  /** int64 [batch, length]: 1 where the network may look, 0 where not. */
  readonly attention: Value;
  /** int64 [batch, length]: the type of each token, where the network knows types. */
  readonly segments: Value;
  /**
   * int64 [batch, length]: the (hard) tokens, −1 for those without an embedding, for networks that look for
   * one, as for the last that is not padding.
   */
  readonly ids: Value;
  /** Only for networks that have a `prefix`. */
  readonly past?: Past | undefined;
}

/** What a network with a `mark` is appended to. */
export interface MarkedInputs extends ClassifierInputs {
  /** Its tokens. */
  readonly mark?: readonly number[] | undefined;
}

/**
 * All that later tokens see of a sequence in one layer: float32 [batch, keyValueHeads, length, headWidth],
 * keys turned by their positions.
 */
export interface KeysAndValues {
  readonly keys: Value;
  readonly values: Value;
}

/**
 * What each layer keeps of the tokens before some others, piece by piece, each the same for the whole batch
 * (its batch size is 1) or not.
 */
export type Past = readonly (readonly KeysAndValues[])[];

/** Reads and checks what the architecture needs of a config.json. */
export type Architecture = (config: ConfigReader) => DenoiserNetwork | ClassifierNetwork;
