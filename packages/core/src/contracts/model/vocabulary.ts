import type { Spelling } from './spelling.js';

/** The token table of a model: what each row of its embedding means. */
export interface Vocabulary {
  /** Rows of the embedding table; may exceed the number of tokens (padding rows, which are never sampled). */
  readonly size: number;
  /** Token string by id; undefined for padding rows. */
  readonly tokens: readonly (string | undefined)[];
  /** What the tokens spell; undefined where nobody knows, and token strings alone can be compared. */
  readonly spelling?: Spelling | undefined;
  /** The id that stands for a position still to be filled; undefined for models that have none. */
  readonly maskId?: number | undefined;
  /** The id of the padding token. */
  readonly padId?: number | undefined;
  /** The id that stands for text outside the vocabulary. */
  readonly unknownId?: number | undefined;
  /** The id that stands after each of several texts (BERT's [SEP]). */
  readonly separatorId?: number | undefined;
  /** Ids that end a response, most usual first. */
  readonly endIds: readonly number[];
  /** Ids of all special tokens (the above and any other control token). */
  readonly specialIds: readonly number[];
}
