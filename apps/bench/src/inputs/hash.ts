/** A whole number in [0, 2^32) that looks random; `inputs.py` computes the same. */
export const hash = (n: number): number => {
  let x = Math.imul(n + 1, 0x9e3779b1);
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};
