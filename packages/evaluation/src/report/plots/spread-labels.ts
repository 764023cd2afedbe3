/**
 * The same points with a `labelY` for each, far enough from each other to be read, in the order of their
 * values, and each stack of labels about as high as the points that it names.
 */
export const spreadLabels = <T extends { readonly y: number }>(
  points: readonly T[],
  least: number,
  most: number,
): (T & { readonly labelY: number })[] => {
  // A line of text is about a fourteenth of a plot's height, which is more than that of what it shows.
  const gap = (most - least) / 11 || 1;
  const stacks: T[][] = [];
  for (const point of points.toSorted((a, b) => a.y - b.y)) {
    stacks.push([point]);
    // What grows may reach down to the one below it.
    for (let i = stacks.length - 1; i > 0 && bottom(stacks[i]!, gap) < top(stacks[i - 1]!, gap) + gap; i--) {
      stacks.splice(i - 1, 2, [...stacks[i - 1]!, ...stacks[i]!]);
    }
  }
  return stacks.flatMap((stack) =>
    stack.map((point, i) => ({ ...point, labelY: bottom(stack, gap) + i * gap })),
  );
};

/** Where the lowest label of a stack is: the middle of all is the middle of their points. */
const bottom = (stack: readonly { readonly y: number }[], gap: number): number =>
  stack.reduce((sum, { y }) => sum + y, 0) / stack.length - ((stack.length - 1) / 2) * gap;

const top = (stack: readonly { readonly y: number }[], gap: number): number =>
  bottom(stack, gap) + (stack.length - 1) * gap;
