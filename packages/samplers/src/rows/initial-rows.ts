import { nextTurn, type RowLogits, softmax, turnIsDue } from '@entrgi/core';
import { rowEntropy } from '@entrgi/core/internal';

/**
 * What is asked of the denoiser's own distributions softmax(φ/τ), before guidance and filters. Rows count
 * from the first of the logits.
 */
export interface InitialRows {
  /** In nats, over the whole vocabulary. */
  entropy(row: number): number;
  /** Whether the token at a place of the row has at least the threshold's probability. */
  isSure(row: number, place: number): boolean;
  /**
   * Answers both for some rows now, or the second alone where others know the entropies; the logits may
   * change then.
   */
  settle(from: number, to: number, isSureOnly: boolean, signal: AbortSignal | undefined): Promise<void>;
}

/** `threshold`: a probability in (0, 1]; undefined where nobody asks what is sure. */
export const initialRows = (
  logits: RowLogits,
  temperature: number,
  threshold: number | undefined,
): InitialRows => {
  const entropies = new Map<number, number>();
  /** Places of the tokens with at least the threshold, of which there are at most 1 / threshold. */
  const sure = new Map<number, readonly number[]>();
  const entropy = (row: number): number => rowEntropy(logits, row, temperature, 'tempered');
  const surePlaces = (row: number): number[] => {
    const own = logits.values.subarray(logits.offsets[row]!, logits.offsets[row + 1]!);
    const probs = softmax(own, own.length, temperature);
    const places: number[] = [];
    for (let place = 0; place < probs.length; place++) if (probs[place]! >= threshold!) places.push(place);
    return places;
  };
  return {
    entropy: (row) => entropies.get(row) ?? entropy(row),
    isSure: (row, place) => (sure.get(row) ?? surePlaces(row)).includes(place),
    async settle(from, to, isSureOnly, signal) {
      if (isSureOnly && threshold === undefined) return;
      for (let row = from; row < to; row++) {
        if (!isSureOnly) entropies.set(row, entropy(row));
        if (threshold !== undefined) sure.set(row, surePlaces(row));
        if (turnIsDue()) await nextTurn(signal);
      }
    },
  };
};
