import { InvalidArgumentError, type ResponseMix, type RewardRequest } from '@entrgi/core';

/** A mix, whoever knows its probabilities. */
export type MixedResponses = Omit<ResponseMix, 'probs' | 'candidates'>;

/**
 * Compares a mix with itself and with what was opened.
 * @throws InvalidArgumentError: native code reads past no table
 */
export const checkMix = (mix: MixedResponses, { vocabulary, length }: RewardRequest): void => {
  const slots = mix.tokenIds.length;
  if (!Number.isSafeInteger(mix.trajectories) || mix.trajectories < 1) {
    throw refusal('trajectories', 'a whole number of at least 1', mix.trajectories);
  }
  const own = slots / mix.trajectories;
  if (!Number.isInteger(own) || own < 1 || own > length) {
    const most = `${mix.trajectories} · up to ${length}`;
    throw refusal('tokenIds', `trajectories · length = ${most} elements`, slots);
  }
  const sizes = [
    ['attention', mix.attention, slots, 'as many as tokenIds'],
    ['weights', mix.weights, mix.rows.length, 'one per row'],
  ] as const;
  for (const [name, { length: got }, expected, why] of sizes) {
    if (got !== expected) throw refusal(name, `${expected} elements (${why})`, got);
  }
  checkIds('tokenIds', mix.tokenIds, vocabulary.size);
  mix.rows.forEach((slot, r) => {
    if (slot >= slots || slot <= (r === 0 ? -1 : mix.rows[r - 1]!)) {
      throw refusal(`rows[${r}]`, `an ascending slot in [0, ${slots})`, slot);
    }
  });
};

/** The same of its columns. */
export const checkColumns = (
  { candidates, probs, rows }: ResponseMix,
  { vocabulary: { size } }: RewardRequest,
): void => {
  const columns = candidates?.length ?? size;
  if (probs.length !== rows.length * columns) {
    const expected = `${rows.length * columns} elements (rows · columns = ${rows.length} · ${columns})`;
    throw refusal('probs', expected, probs.length);
  }
  checkIds('candidates', candidates ?? [], size);
};

const checkIds = (name: string, ids: ArrayLike<number>, size: number): void => {
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id < 0 || id >= size) throw refusal(`${name}[${i}]`, `a token id in [0, ${size})`, id);
  }
};

const refusal = (name: string, expected: string, got: number) =>
  new InvalidArgumentError(`ResponseMix.${name}: expected ${expected}, got ${got}.`, { value: got });
