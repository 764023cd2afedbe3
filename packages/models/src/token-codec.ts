import { CheckpointError } from '@entrgi/core';
import type * as HuggingFace from '@huggingface/tokenizers';

/** The parts of a tokenizer.json that are read here; the rest is for @huggingface/tokenizers. */
export interface TokenizerFile {
  readonly added_tokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly special?: boolean;
  }[];
  readonly model: { readonly vocab: unknown; readonly unk_token?: unknown; readonly unk_id?: unknown };
  readonly post_processor?: unknown;
}

/** A piece of a text: a template's own words, or somebody else's. */
export interface TextPiece {
  readonly text: string;
  readonly isTemplate: boolean;
}

/** Encoding and decoding, without templates. */
export interface TokenCodec {
  /**
   * The ids of the pieces joined, as one text. A special token is recognised where it lies wholly inside a template's piece, and nowhere
   * else: somebody's `<|mask|>` is spelled letter by letter.
   */
  encode(pieces: readonly TextPiece[]): number[];
  decode(ids: readonly number[]): string;
  /** Token strings by id. */
  readonly tokens: readonly (string | undefined)[];
  readonly specialIds: readonly number[];
}

/**
 * Two tokenizers from one tokenizer.json: one as it stands, and one that knows no special tokens.
 *
 * They come from @huggingface/tokenizers, the part of @huggingface/transformers that does this there too. Imported by itself it takes
 * 0.05 s instead of 0.3 to 0.5 s, and loads no sharp, no onnxruntime-web and no native onnxruntime that the backend might want in another version.
 * A test compares the ids with those of @huggingface/transformers.
 */
export const tokenCodec = async (
  file: TokenizerFile,
  config: Readonly<Record<string, unknown>>,
  name: string,
): Promise<TokenCodec> => {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const make = (json: object): HuggingFace.Tokenizer => {
    try {
      return new Tokenizer(json, config);
    } catch (error) {
      throw new CheckpointError(`${name}: not a tokenizer (${(error as Error).message}).`, { cause: error });
    }
  };
  const specials = file.added_tokens.filter(({ special }) => special === true);
  const full = make(file);
  const plain = make(withoutSpecials(file, new Set(specials.map(({ content }) => content))));

  const tokens: (string | undefined)[] = [];
  for (const [token, id] of full.get_vocab()) if (token !== undefined) tokens[id] = token;
  const cleanUp = config.clean_up_tokenization_spaces === true;
  const idBySpecial = new Map(specials.map(({ content, id }) => [content, id]));
  const longestFirst = [...idBySpecial.keys()].sort((a, b) => b.length - a.length);
  const anySpecial = new RegExp(`(${longestFirst.map(escaped).join('|')})`, 'u');
  const encodePlain = (text: string): number[] =>
    text === '' ? [] : plain.encode(text, { add_special_tokens: false }).ids;
  return {
    encode(pieces) {
      const ids: number[] = [];
      let text = '';
      for (const piece of pieces) {
        const sections =
          piece.isTemplate && idBySpecial.size > 0 ? piece.text.split(anySpecial) : [piece.text];
        for (const [i, section] of sections.entries()) {
          if (i % 2 === 0) text += section;
          else {
            ids.push(...encodePlain(text), idBySpecial.get(section)!);
            text = '';
          }
        }
      }
      return ids.concat(encodePlain(text));
    },
    decode: (ids) =>
      ids.length === 0 ? '' : full.decode([...ids], { clean_up_tokenization_spaces: cleanUp }),
    tokens: Array.from(tokens),
    specialIds: specials.map(({ id }) => id),
  };
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** The tokenizer.json without its special tokens, in the list of added tokens and in the model's vocabulary (but for the unknown token). */
const withoutSpecials = (file: TokenizerFile, specials: ReadonlySet<string>): TokenizerFile => {
  const { vocab, unk_token: unknown, unk_id: unknownId } = file.model;
  const removed = (token: string, id: unknown) =>
    specials.has(token) && token !== unknown && id !== unknownId;
  // A unigram vocabulary counts by place, so its pieces stay where they are, as something that no text contains.
  const kept = Array.isArray(vocab)
    ? (vocab as [string, number][]).map(([token, score], id) =>
        removed(token, id) ? [`\ufffe${token}`, score] : [token, score],
      )
    : without(
        vocab as Record<string, number>,
        [...specials].filter((token) => removed(token, (vocab as Record<string, number>)[token])),
      );
  return {
    ...file,
    added_tokens: file.added_tokens.filter(({ content }) => !specials.has(content)),
    model: { ...file.model, vocab: kept },
  };
};

/** The vocabulary itself where none of the tokens is in it, as mostly: a copy of 150,000 entries is worth avoiding. */
const without = (
  vocabulary: Readonly<Record<string, number>>,
  tokens: readonly string[],
): Readonly<Record<string, number>> => {
  const present = tokens.filter((token) => Object.hasOwn(vocabulary, token));
  if (present.length === 0) return vocabulary;
  const rest = { ...vocabulary };
  for (const token of present) delete rest[token];
  return rest;
};
