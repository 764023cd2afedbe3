/** Index of the first NaN or infinity, −1 where there is none. `allowed`: an infinity that is in order (−∞ excludes a token). */
export const firstNotFinite = (values: ArrayLike<number>, allowed?: number): number => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // x − x is 0 for finite numbers only.
    if (value - value !== 0 && value !== allowed) return i;
  }
  return -1;
};
