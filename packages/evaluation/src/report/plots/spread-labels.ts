/**
 * The same points with a `labelY` for each, far enough from each other to be read, in the order of their
 * values.
 */
export const spreadLabels = <T extends { readonly y: number }>(
  points: readonly T[],
  least: number,
  most: number,
): (T & { readonly labelY: number })[] => {
  // A line of text is about a fourteenth of a plot's height.
  const gap = (most - least) / 14 || 1;
  let last = Number.NEGATIVE_INFINITY;
  return points
    .toSorted((a, b) => a.y - b.y)
    .map((point) => {
      last = Math.max(point.y, last + gap);
      return { ...point, labelY: last };
    });
};
