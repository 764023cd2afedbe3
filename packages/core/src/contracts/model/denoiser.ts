import type { Backend } from '../runtime/backend.js';
import type { Disposable } from '../runtime/disposable.js';
import type { KeptTensor } from '../runtime/tensor.js';
import type { Versioned } from '../runtime/versioned.js';
import type { BlockAttention } from './block-attention.js';
import type { Prompt } from './prompt.js';
import type { Vocabulary } from './vocabulary.js';

/** One forward pass over a batch of equally long sequences. */
export interface DenoiserRequest {
  /** Token ids, shape [batch, length], row-major. */
  readonly tokenIds: Int32Array;
  readonly batch: number;
  readonly length: number;
  /** Which tokens to predict: flat indices into `tokenIds`, ascending, shape [rows]. */
  readonly positions: Int32Array;
  /**
   * Tokens of each sequence before the response: needed where blocks are counted from the response, and else
   * ignored.
   */
  readonly promptLength?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A block of tokens, at the same place in equally long sequences, that is to be predicted several times. */
export interface BlockRequest extends Omit<DenoiserRequest, 'positions'> {
  /** The block's first token in each sequence, and the one after its last. */
  readonly start: number;
  readonly end: number;
}

/** One block, with what it sees of the tokens around it. */
export interface DenoiserBlock {
  /** Logits as of `Denoiser.logits`, for the block's tokens as they are now. */
  logits(request: {
    /** Which of the sequences that the block was opened with, shape [batch]. */
    readonly sequences: readonly number[];
    /** The block's tokens in each, shape [batch, end − start]. */
    readonly tokenIds: Int32Array;
    /** Flat indices into `tokenIds`, ascending, shape [rows]. */
    readonly positions: Int32Array;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Float32Array>;
}

/** A denoiser's network, whose logits stay where they are computed. */
export interface KeptNetwork {
  /** Whose tensors they are. */
  readonly backend: Backend;
  /** Logits as of `Denoiser.logits`, float32 [rows, vocabulary.size]. The caller disposes them. */
  logits(request: DenoiserRequest): Promise<KeptTensor>;
}

/** A masked diffusion language model: a distribution for every masked position at once. */
export interface Denoiser extends Disposable, Versioned {
  readonly name: string;
  /** The folder that it was loaded from, if any. */
  readonly source?: string | undefined;
  readonly vocabulary: Vocabulary;
  /** Longest sequence, prompt and response together, in tokens. */
  readonly maxLength: number;
  /** Of denoisers whose tokens see no later block. Absent: every token sees every token. */
  readonly blockAttention?: BlockAttention | undefined;
  /**
   * Token ids of text as text, without a template: what looks like a special token in it is encoded letter by
   * letter.
   */
  encodeText(text: string): Int32Array;
  /**
   * Token ids of the prompt in the model's chat template, up to where the response begins. User text never
   * becomes a special token.
   */
  encodePrompt(prompt: Prompt): Int32Array;
  /** Text of response tokens, special tokens dropped, cut at the first token that ends a response. */
  decode(tokenIds: ArrayLike<number>): string;
  /**
   * Logits that predict `positions`, shape [rows, vocabulary.size], row-major. Any shift between model output
   * and position is already undone. The caller owns the array.
   */
  logits(request: DenoiserRequest): Promise<Float32Array>;
  /**
   * Of denoisers on a device: the same, left there. Absent where that would gain nothing; who changes
   * `logits` leaves it out, or changes it too.
   */
  readonly kept?: KeptNetwork | undefined;
  /**
   * Of denoisers that can keep the keys and values of the tokens around a block: computes them once. With
   * `blockAttention` those are the tokens before it, which see nothing of it, so that the logits are exact;
   * finished blocks are handed on from a block to the next, as long as the last is held. A block must then
   * lie within one that the attention knows. Without it, an approximation as soon as the block's tokens
   * change, since those around it would see that.
   */
  openBlock?(request: BlockRequest): Promise<DenoiserBlock>;
}
