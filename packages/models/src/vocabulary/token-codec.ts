import { CheckpointError } from '@entrgi/core';
import { cleanedUp } from '../tokenizer/decoder.js';
import { pipeline, type TextPiece } from '../tokenizer/pipeline.js';

export type { TextPiece };

/** A tokenizer.json, as far as others than the pipeline read it. */
export interface TokenizerFile {
  readonly added_tokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean;
  }[];
  readonly model: { readonly type?: unknown; readonly vocab?: unknown };
  readonly post_processor?: unknown;
}

/** Encoding and decoding, without templates. */
export interface TokenCodec {
  /**
   * The ids of the pieces joined, as one text. A special token is recognized where it lies wholly inside a
   * template's piece, and nowhere else: somebody's `<|mask|>` is spelled letter by letter.
   */
  encode(pieces: readonly TextPiece[]): number[];
  decode(ids: readonly number[]): string;
  /** Token strings by id; none beyond the rows of the embedding table. */
  readonly tokens: readonly (string | undefined)[];
  readonly specialIds: readonly number[];
  /** Under the ids that they have, whatever tokenizer.json says. */
  readonly addedTokens: TokenizerFile['added_tokens'];
}

/**
 * The codec of a tokenizer.json, for an embedding table of `rows` rows. Tokens beyond it are of no harm where
 * they never occur; a text that has one is a CheckpointError.
 */
export const tokenCodec = async (
  file: TokenizerFile,
  settings: Readonly<Record<string, unknown>>,
  name: string,
  vocabularySize: number,
): Promise<TokenCodec> => {
  const { encode, decode, tokens, addedTokens } = await pipeline(file, name);
  const isBpe = file.model.type === 'BPE' || file.model.type === undefined;
  // transformers cleans up after BPE only where it is asked for by a longer name.
  const cleansUp =
    settings.clean_up_tokenization_spaces === true &&
    (!isBpe || settings.clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output === true);
  const own = addedTokens
    .filter(({ id }) => id < vocabularySize)
    .map(({ id, content, isSpecial }) => ({ id, content, special: isSpecial }));
  return {
    encode(pieces) {
      const ids = encode(pieces);
      for (const id of ids)
        if (id >= vocabularySize) throw beyond(tokens[id] ?? '', id, name, vocabularySize);
      return ids;
    },
    decode: (ids) => (cleansUp ? cleanedUp(decode(ids), false) : decode(ids)),
    tokens: tokens.slice(0, vocabularySize),
    specialIds: own.filter(({ special }) => special).map(({ id }) => id),
    addedTokens: own,
  };
};

const beyond = (token: string, id: number, name: string, rows: number): CheckpointError =>
  new CheckpointError(
    `${name}: token ${JSON.stringify(token)} has id ${id}, but the embedding table has ${rows} rows.`,
    { value: id, hint: 'tokenizer.json and model.safetensors must come from the same model.' },
  );
