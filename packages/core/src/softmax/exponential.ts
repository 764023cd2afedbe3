/**
 * Arguments below it give 0: e^−69 ≈ 1e-30 is lost in a float32 sum of at least 1, and float32 subnormals
 * (slow) stay out of later loops.
 */
export const LOWEST = -69;

/** 2^(−n/16), from exactly rounded operations only. */
export const powers = (() => {
  const root = Math.sqrt(Math.sqrt(Math.sqrt(Math.sqrt(0.5))));
  const table = new Float64Array(Math.ceil((-LOWEST * 16) / Math.LN2) + 2);
  table[0] = 1;
  for (let n = 1; n < 16; n++) table[n] = table[n - 1]! * root;
  for (let n = 16; n < table.length; n++) table[n] = table[n - 16]! / 2;
  return table;
})();

/**
 * eˣ for x ≤ 0, within 1e-10 relative; 0 below −69; NaN for NaN. The same bits in every engine, which
 * Math.exp does not promise, and small enough to be inlined into hot loops. eˣ = 2^(−n/16) · eʳ with |r| ≤ ln
 * 2 / 32, and five terms of the series for eʳ, in pairs, so that none waits for all the others. Loops hand in
 * `powers`, since what belongs to a module is read again each time.
 */
export const exponential = (x: number, table: Float64Array): number => {
  if (x < -69) return 0;
  const n = (0.5 - x * (16 / Math.LN2)) | 0;
  const r = x + n * (Math.LN2 / 16);
  // NaN becomes n = 0, r = NaN.
  const square = r * r;
  return table[n]! * (1 + r + square * (1 / 2 + r * (1 / 6) + square * (1 / 24)));
};
