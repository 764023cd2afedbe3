import { type DifferentiableReward, disposable, type Vocabulary } from 'entrgi';

/** How many of the response's tokens are one of some words. Linear in the mixture at each position, so that its gradient is a table. */
export const wordReward = (words: readonly string[]): DifferentiableReward => ({
  name: 'words',

  /** Rates finished text: best-of-n, and the last line of a report. */
  async score(_prompt, responses) {
    return Float64Array.from(responses, (text) => {
      const found = text.toLowerCase().match(/\p{L}+/gu) ?? [];
      return found.filter((word) => words.includes(word)).length;
    });
  },

  /** Rates mixtures of tokens, and says how the reward changes with each token's share. */
  async open({ vocabulary, length }) {
    const worth = worthOfTokens(vocabulary, words);
    return {
      async evaluate({ trajectories, tokenIds, attention, rows, candidates, probs, weights }) {
        const columns = candidates?.length ?? vocabulary.size;
        const tokenAt = (column: number) => candidates?.[column] ?? column;
        // What stands at a slot for certain, a sampled token included: with weight 1 that is all there is.
        const slots = Float64Array.from(tokenIds, (id) => worth[id]!);
        const tokenScores = new Float32Array(probs.length);
        rows.forEach((slot, row) => {
          let soft = 0;
          for (let column = 0; column < columns; column++) {
            soft += probs[row * columns + column]! * worth[tokenAt(column)]!;
            tokenScores[row * columns + column] = attention[slot]! * worth[tokenAt(column)]!;
          }
          slots[slot] = soft + weights[row]! * (slots[slot]! - soft);
        });
        const values = new Float64Array(trajectories);
        slots.forEach((value, slot) => {
          values[Math.floor(slot / length)]! += attention[slot]! * value;
        });
        return { values, tokenScores };
      },
      ...disposable(async () => {}),
    };
  },

  ...disposable(async () => {}),
});

/** 1 for the tokens that are one of the words, 0 for the others, by token id. */
const worthOfTokens = ({ size, spelling }: Vocabulary, words: readonly string[]): Float32Array =>
  Float32Array.from({ length: size }, (_, id) => {
    const text = spelling?.texts[id]?.trim().toLowerCase() ?? '';
    return words.includes(text) ? 1 : 0;
  });
