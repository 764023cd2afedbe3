import type { Vocabulary } from './contracts/vocabulary.js';
import { InvalidArgumentError } from './errors.js';

/** Where the tokens of one vocabulary are in another. */
export interface TokenMap {
  /** Id in the target by id in the source, shape [from.size]; −1 stands for a zero vector. */
  readonly ids: Int32Array;
  /** 1 where the target has the very token, shape [from.size]. */
  readonly found: Uint8Array;
  /** Share of the source's tokens that the target has, in [0, 1]; padding rows do not count. */
  readonly coverage: number;
  /** Tokens that the target lacks, by source id. */
  readonly missing: readonly string[];
}

/** What happens to tokens without a counterpart. */
export interface MapTokensOptions {
  /**
   * What stands in for a token that the target lacks, and for padding rows: the target's unknown (else first end) token, or a zero vector.
   * The published code does the former for Dream and the latter for LLaDA.
   */
  readonly missing: 'unknown' | 'zero';
}

/**
 * Maps tokens by their strings. No id of the result is outside [−1, to.size).
 * Throws InvalidArgumentError where an unknown token is needed and the target has neither that nor an end token.
 */
export const mapTokens = (from: Vocabulary, to: Vocabulary, options: MapTokensOptions): TokenMap => {
  const idOf = new Map<string, number>();
  for (let id = Math.min(to.size, to.tokens.length) - 1; id >= 0; id--) {
    const token = to.tokens[id];
    if (token !== undefined) idOf.set(token, id);
  }
  const substitute = options.missing === 'zero' ? -1 : substituteIn(to);
  const ids = new Int32Array(from.size).fill(substitute);
  const found = new Uint8Array(from.size);
  const missing: string[] = [];
  let hits = 0;
  for (let id = 0; id < from.size; id++) {
    const token = from.tokens[id];
    if (token === undefined) continue;
    const target = idOf.get(token);
    if (target === undefined) missing.push(token);
    else {
      ids[id] = target;
      found[id] = 1;
      hits++;
    }
  }
  const tokens = hits + missing.length;
  return { ids, found, coverage: tokens === 0 ? 0 : hits / tokens, missing };
};

const substituteIn = (to: Vocabulary): number => {
  const id = [to.unknownId, ...to.endIds].find((candidate) => candidate !== undefined && candidate < to.size);
  if (id === undefined) {
    throw new InvalidArgumentError(
      'missing: expected a target vocabulary with an unknown or end token, got neither.',
      {
        value: 'unknown',
        cure: "Pass missing: 'zero'.",
      },
    );
  }
  return id;
};
