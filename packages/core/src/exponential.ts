/** Arguments below it give 0: e^−69 ≈ 1e-30 is lost in a float32 sum of at least 1, and float32 subnormals (slow) stay out of later loops. */
export const LOWEST = -69;
const PARTS = 16;
const PART = Math.LN2 / PARTS;
const INVERSE_PART = PARTS / Math.LN2;

/** 2^(−n/16), from exactly rounded operations only. */
const powers = (() => {
  const root = Math.sqrt(Math.sqrt(Math.sqrt(Math.sqrt(0.5))));
  const table = new Float64Array(Math.ceil(-LOWEST * INVERSE_PART) + 2);
  table[0] = 1;
  for (let n = 1; n < PARTS; n++) table[n] = table[n - 1]! * root;
  for (let n = PARTS; n < table.length; n++) table[n] = table[n - PARTS]! / 2;
  return table;
})();

/**
 * eˣ for x ≤ 0, within 1e-10 relative; 0 below −69; NaN for NaN. The same bits in every engine, which Math.exp does not promise, and small
 * enough to be inlined into hot loops. eˣ = 2^(−n/16) · eʳ with |r| ≤ ln 2 / 32, and five terms of the series for eʳ.
 */
export const exponential = (x: number): number => {
  if (x < LOWEST) return 0;
  const n = (0.5 - x * INVERSE_PART) | 0;
  const r = x + n * PART;
  // NaN becomes n = 0, r = NaN.
  return powers[n]! * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r / 24))));
};
