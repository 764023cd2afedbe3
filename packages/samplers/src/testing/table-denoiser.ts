import { type Denoiser, disposable, type Vocabulary } from '@entrgi/core';

/** Two letters and the mask. Nothing ends a response. */
const letters: Vocabulary = {
  size: 3,
  tokens: ['a', 'b', '[MASK]'],
  maskId: 2,
  endIds: [],
  specialIds: [2],
};

export const LENGTH = 3;

const responses = Array.from({ length: 2 ** LENGTH }, (_, i) => [i >> 2, (i >> 1) & 1, i & 1]);

/** Every response of three letters. */
export const texts: readonly string[] = responses.map((ids) => ids.map((id) => letters.tokens[id]).join(''));

const probabilities = (() => {
  const weights = texts.map((_, i) => Math.exp(1.1 * Math.sin(5 * i + 1)));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
})();

/** A distribution over them that does not factor into positions. */
export const joint: ReadonlyMap<string, number> = new Map(texts.map((text, i) => [text, probabilities[i]!]));

/**
 * log p of either letter at a slot, given the letters at the others, by what is known of the response: every
 * state there is.
 */
const conditionals: ReadonlyMap<string, readonly (readonly [number, number])[]> = (() => {
  const ids = [0, 1, letters.maskId!];
  const states = ids.flatMap((a) => ids.flatMap((b) => ids.map((c) => [a, b, c])));
  return new Map(
    states.map((state) => {
      const fitting = responses.map((each) =>
        each.every((id, i) => [id, letters.maskId].includes(state[i]!)),
      );
      const log = (slot: number, letter: number) =>
        Math.log(
          responses.reduce(
            (sum, each, i) => (fitting[i] && each[slot] === letter ? sum + probabilities[i]! : sum),
            0,
          ),
        );
      return [state.join(), state.map((_, slot) => [log(slot, 0), log(slot, 1)] as const)];
    }),
  );
})();

/**
 * The denoiser that knows it: the exact conditional of every masked letter, so that filling one in after the
 * other draws from the joint distribution.
 */
export const tableDenoiser = (): Denoiser => ({
  name: 'table',
  vocabulary: letters,
  maxLength: 16,
  encodeText: (text) => Int32Array.from(text, (letter) => letters.tokens.indexOf(letter)),
  encodePrompt: () => Int32Array.of(0),
  decode: (ids) => Array.from(ids, (id) => letters.tokens[id]).join(''),
  async logits({ tokenIds, length, positions }) {
    const out = new Float32Array(positions.length * letters.size).fill(Number.NEGATIVE_INFINITY);
    positions.forEach((position, row) => {
      const start = Math.floor(position / length) * length + length - LENGTH;
      const state = tokenIds.slice(start, start + LENGTH).join();
      out.set(conditionals.get(state)![position - start]!, row * letters.size);
    });
    return out;
  },
  ...disposable(async () => {}),
});
