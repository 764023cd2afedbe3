/** How many elements a tensor of these sizes has: their product. */
export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((count, size) => count * size, 1);
