/** How different the responses to one prompt are. */
export interface Diversity {
  /**
   * Share of different n-grams among all, for n of 1, 2 and 3; higher is more diverse. Null where there is no
   * n-gram.
   */
  readonly distinct: readonly (number | null)[];
  /** Mean BLEU-4 of each response against the others; lower is more diverse. Null for a single one. */
  readonly selfBleu: number | null;
}

/** Words in lower case, and every other sign by itself. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+|[^\s]/gu) ?? [];

const gramsOf = (words: readonly string[], n: number): string[] =>
  words.slice(0, Math.max(0, words.length - n + 1)).map((_, i) => words.slice(i, i + n).join(' '));

/** Diversity of the responses to one prompt. */
export const diversityOf = (texts: readonly string[]): Diversity => {
  const responses = texts.map(wordsOf);
  const distinct = [1, 2, 3].map((n) => {
    const grams = responses.flatMap((words) => gramsOf(words, n));
    return grams.length === 0 ? null : new Set(grams).size / grams.length;
  });
  if (responses.length < 2) return { distinct, selfBleu: null };
  const scores = responses.map((words, i) => bleu(words, responses.toSpliced(i, 1)));
  return { distinct, selfBleu: scores.reduce((sum, score) => sum + score, 0) / scores.length };
};

/** Where no n-gram is shared, as if a tenth of one were (NLTK's method1). */
const EPSILON = 0.1;

/** BLEU-4 of a text against several (Papineni et al. 2002), in [0, 1]; 0 without a shared word. */
export const bleu = (words: readonly string[], references: readonly (readonly string[])[]): number => {
  if (words.length === 0) return 0;
  let logs = 0;
  for (let n = 1; n <= 4; n++) {
    const counts = countsOf(gramsOf(words, n));
    const most = references.map((reference) => countsOf(gramsOf(reference, n)));
    let shared = 0;
    for (const [gram, count] of counts) {
      shared += Math.min(count, Math.max(0, ...most.map((reference) => reference.get(gram) ?? 0)));
    }
    if (n === 1 && shared === 0) return 0;
    const total = Math.max(1, words.length - n + 1);
    logs += Math.log((shared === 0 ? EPSILON : shared) / total) / 4;
  }
  // The length of the reference that is nearest, of two the shorter.
  const nearest = references
    .map(({ length }) => length)
    .reduce((best, length) => {
      const [a, b] = [Math.abs(best - words.length), Math.abs(length - words.length)];
      return b < a || (b === a && length < best) ? length : best;
    });
  const brevity = words.length > nearest ? 1 : Math.exp(1 - nearest / words.length);
  return brevity * Math.exp(logs);
};

const countsOf = (grams: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const gram of grams) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  return counts;
};
