/** How far a number may be off: |actual − expected| ≤ absolute + relative · |expected|. */
export interface Tolerance {
  /** @default 1e-5 */
  readonly absolute?: number;
  /** @default 1e-5 */
  readonly relative?: number;
}

/**
 * Throws unless all numbers are close; names the worst. Equal infinities are close, a NaN never is. Works in
 * any test runner.
 */
export const expectAllClose = (
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 1e-5, relative = 1e-5 }: Tolerance = {},
): void => {
  if (actual.length !== expected.length) {
    throw new Error(`expected ${expected.length} numbers, got ${actual.length}`);
  }
  let worst = -1;
  let excess = 1;
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (a === e) continue;
    const ratio = Math.abs(a - e) / (absolute + relative * Math.abs(e));
    if (ratio <= excess) continue;
    worst = i;
    // A NaN compares with nothing; it is the worst there is.
    excess = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  }
  if (worst < 0) return;
  throw new Error(
    `expected ${expected[worst]} at index ${worst}, got ${actual[worst]}: ` +
      `${excess.toPrecision(3)} × the tolerance (absolute ${absolute}, relative ${relative})`,
  );
};
