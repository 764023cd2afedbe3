import type { Denoiser } from '@entrgi/core';
import { requireFunction, requireThat, requireWhole } from '@entrgi/core/internal';

/**
 * What of a response stands from the beginning and is never touched. Parts in their order: text, which is
 * tokenized by itself; a number of tokens to write; `null`, at most once: as many tokens to write as the
 * parts leave of the response's length. Without it, those are written at the end. Or token ids, shape
 * [maxNewTokens], the mask id where there is something to write.
 */
export type ResponseTemplate = readonly (string | number | null)[] | Int32Array;

/**
 * The tokens that a response begins as, shape [length]: the template's, the mask id elsewhere.
 * @throws InvalidArgumentError for a template that is none, does not fit, leaves nothing to write or has ids
 *   that nobody writes
 */
export const responseTokens = (
  template: ResponseTemplate | undefined,
  denoiser: Pick<Denoiser, 'encodeText' | 'vocabulary'>,
  { length, maskId }: { readonly length: number; readonly maskId: number },
): Int32Array => {
  const tokens = new Int32Array(length).fill(maskId);
  if (template === undefined) return tokens;
  if (template instanceof Int32Array) {
    requireThat('response', template, `${length} token ids (maxNewTokens)`, template.length === length);
    const { size, tokens: known } = denoiser.vocabulary;
    const isToken = (id: number) => id >= 0 && id < size && (id === maskId || known[id] !== undefined);
    requireThat('response', template, 'ids of tokens', template.every(isToken));
    tokens.set(template);
  } else {
    requireThat('response', template, 'parts: text, numbers of tokens and null', Array.isArray(template));
    placeParts(template, denoiser, tokens);
  }
  requireThat('response', template, 'something that is left to write', tokens.includes(maskId));
  return tokens;
};

const placeParts = (
  parts: readonly (string | number | null)[],
  denoiser: Pick<Denoiser, 'encodeText'>,
  tokens: Int32Array,
): void => {
  requireFunction('denoiser.encodeText', denoiser.encodeText, 'a denoiser that can encode text');
  // Not map, which would pass over what is missing.
  const pieces = Array.from(parts, (part, index) => {
    if (typeof part === 'string') return denoiser.encodeText(part);
    if (part !== null) requireWhole(`response[${index}]`, part, 1);
    return part;
  });
  const gaps = pieces.filter((piece) => piece === null).length;
  requireThat('response', parts, 'null at most once', gaps <= 1);
  const taken = pieces.reduce<number>((sum, piece) => sum + lengthOf(piece, 0), 0);
  const rest = tokens.length - taken;
  requireThat('response', taken, `at most ${tokens.length} tokens (maxNewTokens)`, rest >= 0);
  let at = 0;
  for (const piece of pieces) {
    if (piece instanceof Int32Array) tokens.set(piece, at);
    at += lengthOf(piece, rest);
  }
};

const lengthOf = (piece: Int32Array | number | null, rest: number): number =>
  piece === null ? rest : typeof piece === 'number' ? piece : piece.length;

/**
 * The first slot at which a response may end: one that ended before text that stands would lose it. `given`:
 * as `responseTokens` makes it.
 */
export const endsFrom = (
  given: Int32Array,
  { maskId, vocabulary }: { readonly maskId: number; readonly vocabulary: Denoiser['vocabulary'] },
): number => given.findLastIndex((id) => id !== maskId && !vocabulary.specialIds.includes(id)) + 1;
