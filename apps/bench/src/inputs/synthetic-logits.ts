import { hash } from './hash.js';

/** How concentrated the distributions are that guidance meets. */
export type LogitKind = 'peaked' | 'flat';

/** The embedded tokenizer's special tokens: they end responses, or are masks. */
const SPECIAL = { first: 2044, last: 2047 };
const HEAD = 200;
const POOL = 4096;
const DEPTH = -25;

/**
 * Logits of shape [rows, size] that `inputs.py` makes as well; −∞ at special tokens.
 * Flat: noise of variance 1, so that the whole vocabulary counts. Peaked: on top of that, far above the rest, 200 tokens a row whose
 * probabilities fall off as a power of their rank, from 4,096 that the rows share: a support of hundreds, as trained models have it.
 */
export const syntheticLogits = (kind: LogitKind, rows: number, size: number): Float32Array => {
  const logits = new Float32Array(rows * size);
  const base = kind === 'peaked' ? DEPTH : 0;
  for (let i = 0; i < logits.length; i++) {
    logits[i] = base + Math.sqrt(12) * (hash(i) / 2 ** 32 - 0.5);
  }
  const pool = Int32Array.from({ length: POOL }, (_, i) => ordinary(hash(1e9 + i), size));
  for (let row = 0; row < rows; row++) {
    if (kind === 'peaked') {
      // From the last: where the pool names a token twice, the higher logit stays.
      for (let rank = HEAD - 1; rank >= 0; rank--) {
        const token = pool[hash(2e9 + row * HEAD + rank) % POOL]!;
        logits[row * size + token] = -1.2 * Math.log(1 + rank);
      }
    }
    for (let id = SPECIAL.first; id <= SPECIAL.last; id++) logits[row * size + id] = Number.NEGATIVE_INFINITY;
  }
  return logits;
};

/** An id that is not special. */
const ordinary = (random: number, size: number): number => {
  const id = random % (size - 4);
  return id < SPECIAL.first ? id : id + 4;
};
