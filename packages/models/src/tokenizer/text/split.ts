import { sliced, type Traced } from './traced.js';

/** What becomes of the matches that a text is split at. */
export const splitBehaviors = [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
] as const;
export type SplitBehavior = (typeof splitBehaviors)[number];

/** Starts and ends of matches, in order, none overlapping; `[0, 2, 5, 6]` is two matches. */
export type Ranges = readonly number[];

interface Part {
  start: number;
  end: number;
  readonly isMatch: boolean;
}

/** The pieces of the text, without empty ones. `invert` swaps matches and what lies between them. */
export const split = (traced: Traced, matches: Ranges, behavior: SplitBehavior, invert = false): Traced[] => {
  const parts: Part[] = [];
  let from = 0;
  for (let i = 0; i < matches.length; i += 2) {
    const [start, end] = [matches[i]!, matches[i + 1]!];
    if (from < start) parts.push({ start: from, end: start, isMatch: invert });
    parts.push({ start, end, isMatch: !invert });
    from = end;
  }
  if (from < traced.text.length) parts.push({ start: from, end: traced.text.length, isMatch: invert });
  return joined(parts, behavior)
    .filter(({ start, end }) => start < end)
    .map(({ start, end }) => sliced(traced, start, end));
};

const joined = (parts: readonly Part[], behavior: SplitBehavior): readonly Part[] => {
  switch (behavior) {
    case 'Isolated':
      return parts;
    case 'Removed':
      return parts.filter(({ isMatch }) => !isMatch);
    case 'Contiguous':
      return folded(parts, (isMatch, previous) => isMatch === previous, 'end');
    case 'MergedWithPrevious':
      return folded(parts, (isMatch, previous) => isMatch && !previous, 'end');
    case 'MergedWithNext':
      return folded([...parts].reverse(), (isMatch, previous) => isMatch && !previous, 'start').reverse();
  }
};

/** Joins a part to the one before it where `joins` says so. A part before the first counts as no match. */
const folded = (
  parts: readonly Part[],
  joins: (isMatch: boolean, previous: boolean) => boolean,
  edge: 'start' | 'end',
): Part[] => {
  const result: Part[] = [];
  let previous = false;
  for (const part of parts) {
    const last = result.at(-1);
    if (last !== undefined && joins(part.isMatch, previous)) last[edge] = part[edge];
    else result.push({ ...part });
    previous = part.isMatch;
  }
  return result;
};
