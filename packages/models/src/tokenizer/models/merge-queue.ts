import type { Budget } from '../text/budget.js';

/** Rank and result of joining two ids. */
export interface Merges {
  /** By left * 2²⁶ + right: the place in the list. */
  readonly ranks: ReadonlyMap<number, number>;
  /** By place in the list: the id of the joined token. */
  readonly results: Int32Array;
}

/**
 * Joins ids by rank, leftmost first among equals, in time n log n: a heap of the pairs that can be joined.
 */
export const mergeQueue =
  ({ ranks, results }: Merges) =>
  (ids: number[], budget: Budget, forbidden: ReadonlySet<number>): number[] => {
    if (ids.length < 2) return ids;
    const length = ids.length;
    const next = new Int32Array(length);
    const previous = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    const isGone = new Uint8Array(length);
    /** Rank * 2²⁶ + place: the smallest is the next to join. */
    const heap: number[] = [];

    const push = (left: number): void => {
      const right = next[left]!;
      if (right >= length) return;
      const rank = ranks.get(ids[left]! * 2 ** 26 + ids[right]!);
      if (rank === undefined || forbidden.has(results[rank]!)) return;
      const entry = rank * 2 ** 26 + left;
      let at = heap.length;
      heap.push(entry);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (heap[parent]! <= entry) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = entry;
    };
    const pop = (): number => {
      const top = heap[0]!;
      const entry = heap.pop()!;
      if (heap.length === 0) return top;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (heap[child]! >= entry) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = entry;
      return top;
    };

    for (let left = 0; left + 1 < length; left++) push(left);
    if (heap.length === 0) return ids;
    while (heap.length > 0) {
      budget.spend(16);
      const entry = pop();
      const left = entry % 2 ** 26;
      const joined = results[Math.floor(entry / 2 ** 26)]!;
      const right = next[left]!;
      if (isGone[left] === 1 || right >= length) continue;
      // The neighbors may have changed since; the pair counts as long as it still makes the same token.
      const rank = ranks.get(ids[left]! * 2 ** 26 + ids[right]!);
      if (rank === undefined || results[rank] !== joined) continue;
      ids[left] = joined;
      isGone[right] = 1;
      next[left] = next[right]!;
      if (next[right]! < length) previous[next[right]!] = left;
      if (previous[left]! >= 0) push(previous[left]!);
      push(left);
    }
    return ids.filter((_, i) => isGone[i] === 0);
  };
