import { type Denoiser, disposable, type Vocabulary } from '@entrgi/core';

/** Two letters, what ends a response, the mask and a padding row. */
export const letters: Vocabulary = {
  size: 5,
  tokens: ['a', 'b', '.', '[MASK]'],
  maskId: 3,
  endIds: [2],
  specialIds: [2, 3],
};

/** Every response of three tokens. */
export const responses = Array.from({ length: 27 }, (_, i) => [
  Math.floor(i / 9),
  Math.floor(i / 3) % 3,
  i % 3,
]);

/**
 * A denoiser that knows a distribution over them which does not factor into positions: the exact conditional
 * of every masked token, whatever stands already.
 */
export const tableDenoiser = (wave: number, name = `table ${wave}`) => {
  const weights = responses.map((_, i) => Math.exp(1.1 * Math.sin(wave * i + 1)));
  const total = weights.reduce((a, b) => a + b);
  const joint = weights.map((weight) => weight / total);
  /** p(token at a slot | what stands), from the definition. */
  const conditional = (standing: ArrayLike<number>, slot: number, token: number): number => {
    const fitting = (also: (ids: readonly number[]) => boolean) =>
      responses.reduce((sum, ids, i) => {
        const fits = ids.every((id, at) => standing[at] === letters.maskId || standing[at] === id);
        return fits && also(ids) ? sum + joint[i]! : sum;
      }, 0);
    return fitting((ids) => ids[slot] === token) / fitting(() => true);
  };
  const denoiser: Denoiser = {
    name,
    vocabulary: letters,
    maxLength: 5,
    encodeText: (text) => Int32Array.from(text, (letter) => letters.tokens.indexOf(letter)),
    encodePrompt: () => Int32Array.of(0),
    decode: (ids) => Array.from(ids, (id) => letters.tokens[id]).join(''),
    async logits({ tokenIds, length, positions }) {
      // The mask and padding have the highest logits: whoever counts them is wrong.
      const out = new Float32Array(positions.length * letters.size).fill(9);
      positions.forEach((position, row) => {
        const start = Math.floor(position / length) * length + 1;
        const standing = tokenIds.subarray(start, start + 3);
        for (let id = 0; id < 3; id++)
          out[row * letters.size + id] = 0.5 * row + Math.log(conditional(standing, position - start, id));
      });
      return out;
    },
    ...disposable(async () => {}),
  };
  return { denoiser, joint, conditional };
};
