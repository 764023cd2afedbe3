import { InvalidArgumentError, type Vocabulary } from '@entrgi/core';
import { fold, otherSpace } from './fold-spelling.js';
import { spokenTokens } from './spoken-tokens.js';

/** Where the tokens of one vocabulary are in another. */
export interface TokenMap {
  /** Id in the target by id in the source, shape [from.size]; −1 stands for a zero vector. */
  readonly ids: Int32Array;
  /** 1 where the target has a token that stands for the same, shape [from.size]. */
  readonly found: Uint8Array;
  /**
   * Share of what the source says that the target has tokens for, in [0, 1]: of the tokens in which the
   * source's vocabulary writes a sample text. Where the source spells none of it, the share of its tokens;
   * padding rows do not count.
   */
  readonly coverage: number;
  /** Tokens that the target lacks, by source id. */
  readonly missingTokens: readonly string[];
}

/** What happens to tokens without a counterpart. */
export interface MapTokensOptions {
  /**
   * What stands in for a token that the target lacks, and for padding rows: the target's unknown (else first
   * end) token, or a zero vector. The published code does the former for Dream and the latter for LLaDA.
   */
  readonly missingTokens: 'unknown' | 'zero';
}

/**
 * Maps tokens by what they spell, where both vocabularies say so, else by their strings; special tokens by
 * string, else by role. Among tokens that spell the same, the one with the same string goes first. No id of
 * the result is outside [−1, to.size).
 * @throws InvalidArgumentError where an unknown token is needed and the target has neither that nor an end
 *   token
 */
export const mapTokens = (from: Vocabulary, to: Vocabulary, options: MapTokensOptions): TokenMap => {
  const substitute = options.missingTokens === 'zero' ? -1 : substituteIn(to);
  const counterpart = counterparts(from, to);
  const ids = new Int32Array(from.size).fill(substitute);
  const found = new Uint8Array(from.size);
  const missingTokens: string[] = [];
  let hits = 0;
  for (let id = 0; id < from.size; id++) {
    const token = from.tokens[id];
    if (token === undefined) continue;
    const target = counterpart(id, token);
    if (target === undefined) missingTokens.push(token);
    else {
      ids[id] = target;
      found[id] = 1;
      hits++;
    }
  }
  const tokens = hits + missingTokens.length;
  const spoken = spokenTokens(from);
  const coverage =
    spoken.length > 0
      ? spoken.filter((id) => found[id] === 1).length / spoken.length
      : tokens === 0
        ? 0
        : hits / tokens;
  return { ids, found, coverage, missingTokens };
};

/** What finds the target's token for a source's: undefined where it has none. */
const counterparts = (
  from: Vocabulary,
  to: Vocabulary,
): ((id: number, token: string) => number | undefined) => {
  const size = Math.min(to.size, to.tokens.length);
  const byString = lowestIds(size, (id) => to.tokens[id]);
  const byRole = roles(from, to);
  const [source, target] = [from.spelling, to.spelling];
  if (source === undefined || target === undefined)
    return (id, token) => byString.get(token) ?? byRole.get(id);

  const byText = lowestIds(size, (id) => target.texts[id]);
  const special = new Set(to.specialIds);
  const isImplied = source.spaces === 'implied' || target.spaces === 'implied';
  return (id, token) => {
    const text = source.texts[id];
    const same = byString.get(token);
    // A special token in either of the two: its string is all that it has.
    if (text === undefined) return same ?? byRole.get(id);
    const folded = fold(text, target);
    if (same !== undefined && (special.has(same) || target.texts[same] === folded)) return same;
    return byText.get(folded) ?? (isImplied ? byText.get(otherSpace(folded)) : undefined);
  };
};

/** The lowest id of each string. */
const lowestIds = (size: number, stringOf: (id: number) => string | undefined): Map<string, number> => {
  const ids = new Map<string, number>();
  for (let id = size - 1; id >= 0; id--) {
    const string = stringOf(id);
    if (string !== undefined) ids.set(string, id);
  }
  return ids;
};

/** The target's special tokens that do what the source's do, by source id. */
const roles = (from: Vocabulary, to: Vocabulary): Map<number, number> => {
  const pairs = [
    ...from.endIds.map((id) => [id, to.endIds[0] ?? to.separatorId]),
    [from.separatorId, to.separatorId],
    [from.maskId, to.maskId],
    [from.padId, to.padId],
    [from.unknownId, to.unknownId],
  ] as const;
  const ids = new Map<number, number>();
  for (const [source, target] of pairs) {
    if (source === undefined || target === undefined || target >= to.size || ids.has(source)) continue;
    ids.set(source, target);
  }
  return ids;
};

const substituteIn = (to: Vocabulary): number => {
  const id = [to.unknownId, ...to.endIds].find((candidate) => candidate !== undefined && candidate < to.size);
  if (id === undefined) {
    throw new InvalidArgumentError(
      'missingTokens: expected a target vocabulary with an unknown or end token, got neither.',
      {
        value: 'unknown',
        hint: "Pass missingTokens: 'zero'.",
      },
    );
  }
  return id;
};
