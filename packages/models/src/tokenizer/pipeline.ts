import { type TimeLimit, timeLimit } from '#platform/time-limit';
import { type AddedToken, readAddedTokens, type Section } from './added-tokens.js';
import { readDecoder } from './decoder.js';
import { type Component, component } from './file/component.js';
import { readModel } from './models/read-model.js';
import { readNormalizer } from './normalizer.js';
import { readPreTokenizer } from './pre-tokenizer.js';
import { budgetFor } from './text/budget.js';
import { AT_START, FROM_USER, isFromUser, type Traced } from './text/traced.js';

/** A piece of a text: a template's own words, or somebody else's. */
export interface TextPiece {
  readonly text: string;
  readonly isTemplate: boolean;
}

/**
 * A tokenizer.json at work: text to ids and back, as the Rust library `tokenizers` has it, in bounded time
 * and memory.
 */
export interface Pipeline {
  /**
   * The ids of the pieces joined, as one text, without what a post-processor adds. A special token is
   * recognized where it lies wholly inside a template's piece, and nowhere else: somebody's `<|mask|>` is
   * spelled letter by letter.
   */
  encode(pieces: readonly TextPiece[]): number[];
  /** The text of the ids; those of no token are left out. */
  decode(ids: readonly number[]): string;
  /** Token strings by id. */
  readonly tokens: readonly (string | undefined)[];
  readonly addedTokens: readonly AddedToken[];
}

/**
 * Reads a tokenizer.json. `name` is what messages call the file.
 * @throws CheckpointError where it is not one, and UnsupportedError, with the part and the hint, for what
 *   could not be done as the Rust library does it
 */
export const pipeline = async (file: unknown, name: string): Promise<Pipeline> => {
  const root = component(file, name);
  const part = (field: string): Component | undefined => {
    const value = root.value(field);
    return value === undefined || value === null ? undefined : component(value, `${name}: ${field}`, 1);
  };
  const version = root.value('version');
  if (version !== undefined && version !== '1.0') root.fail('version: expected 1.0', version);
  const [normalizerPart, preTokenizerPart, decoderPart] = [
    part('normalizer'),
    part('pre_tokenizer'),
    part('decoder'),
  ];
  const normalizer = normalizerPart && readNormalizer(normalizerPart);
  const preTokenizer = preTokenizerPart && readPreTokenizer(preTokenizerPart);
  const decoder = decoderPart && readDecoder(decoderPart);
  const model = readModel(part('model') ?? root.fail('expected a model', root.value('model')));
  const isKnown = [normalizer, preTokenizer, decoder].every((step) => step?.isKnown !== false);
  const limited: TimeLimit = isKnown ? (work) => work() : await timeLimit(name);

  const added = limited(() => readAddedTokens(batches(root), model, normalizer));
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of model.ids) tokens[id] = token;
  const modelTokens = tokens.slice();
  for (const { id, content } of added.byId.values()) tokens[id] = content;

  const addedTokens = [...added.byId.values()];
  const specialIds = addedTokens.filter(({ isSpecial }) => isSpecial).map(({ id }) => id);
  // A vocabulary may hold its special tokens as ordinary pieces too.
  const forbidden = new Set(specialIds.filter((id) => id !== model.unknownId));
  return {
    tokens,
    addedTokens,
    encode: (pieces) =>
      limited(() => {
        const whole = joined(pieces);
        const budget = budgetFor(whole.text.length, name);
        const ids: number[] = [];
        /** Every stretch of text on; added tokens to the result. */
        const each = (sections: readonly Section[], next: (text: Traced) => void): void => {
          for (const section of sections) {
            if (typeof section === 'number') ids.push(section);
            else if (section.text !== '') next(section);
          }
        };
        each(added.sections(whole, false, budget), (section) => {
          const text = normalizer === undefined ? section : normalizer.normalize(section, budget);
          each(added.sections(text, true, budget), (stretch) => {
            const words = preTokenizer === undefined ? [stretch] : preTokenizer.pieces(stretch, budget);
            for (const word of words) {
              const isUser = isFromUser(word, 0, word.text.length);
              model.append(ids, word.text, budget, isUser ? forbidden : none);
            }
          });
        });
        return ids;
      }),
    decode: (ids) =>
      limited(() => {
        const strings = ids
          .map((id) => added.spelling(id) ?? modelTokens[id])
          .filter((token) => token !== undefined);
        return decoder === undefined ? strings.join(' ') : decoder.decode(strings);
      }),
  };
};

const none: ReadonlySet<number> = new Set();

/** added_tokens, or, as added_token_batches, lists of them that are added one after the other. */
const batches = (root: Component): (readonly Component[])[] => {
  const lists = root.value('added_token_batches') ?? [root.value('added_tokens') ?? []];
  if (!Array.isArray(lists) || !lists.every(Array.isArray)) {
    return root.fail('expected added_tokens to be a list', lists);
  }
  return lists.map((list: unknown[], i) =>
    list.map((token, j) => component(token, `${root.where}: added_tokens[${i > 0 ? `${i}, ${j}` : j}]`, 1)),
  );
};

const joined = (pieces: readonly TextPiece[]): Traced => {
  // A half of a surrogate pair is no character; pieces are made whole first, so that no two halves meet.
  const texts = pieces.map(({ text }) => text.toWellFormed());
  const text = texts.join('');
  const marks = new Uint8Array(text.length);
  let at = 0;
  for (const [i, piece] of texts.entries()) {
    if (!pieces[i]!.isTemplate) marks.fill(FROM_USER, at, at + piece.length);
    at += piece.length;
  }
  const first = text.codePointAt(0) ?? 0;
  marks.fill((marks[0] ?? 0) | AT_START, 0, first > 0xffff ? 2 : Math.min(1, text.length));
  return { text, marks, from: 0 };
};
