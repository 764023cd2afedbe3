import type { Budget } from './budget.js';

/** Strings to look for at a place in a text. Building it is linear in their number. */
export interface Dictionary {
  /** The lengths of the strings that begin at `at`, shortest first. */
  lengthsAt(text: string, at: number, budget: Budget): number[];
  /** Whether some string begins with the UTF-16 unit. */
  begins(unit: number): boolean;
}

/** `has` tells whether a string is one of them, as the map that holds them does. */
export const dictionary = (strings: Iterable<string>, has: (text: string) => boolean): Dictionary => {
  const byFirst = new Map<number, Set<number>>();
  for (const text of strings) {
    if (text === '') continue;
    const first = text.charCodeAt(0);
    const lengths = byFirst.get(first);
    if (lengths === undefined) byFirst.set(first, new Set([text.length]));
    else lengths.add(text.length);
  }
  const lengthsByFirst = new Map<number, readonly number[]>();
  for (const [first, lengths] of byFirst)
    lengthsByFirst.set(
      first,
      [...lengths].sort((a, b) => a - b),
    );
  return {
    begins: (unit) => lengthsByFirst.has(unit),
    lengthsAt(text, at, budget) {
      const found: number[] = [];
      for (const length of lengthsByFirst.get(text.charCodeAt(at)) ?? []) {
        if (at + length > text.length) break;
        budget.spend(length);
        if (has(text.slice(at, at + length))) found.push(length);
      }
      return found;
    },
  };
};
