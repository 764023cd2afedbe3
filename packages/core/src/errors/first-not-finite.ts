/**
 * Index of the first NaN or infinity, −1 where there is none. `allowed`: an infinity that is in order (−∞
 * excludes a token).
 */
export const firstNotFinite = (values: ArrayLike<number>, allowed?: number): number => {
  const { length } = values;
  let i = nextNotFinite(values, 0, length);
  while (i < length && values[i] === allowed) i = nextNotFinite(values, i + 1, length);
  return i < length ? i : -1;
};

/** The first index from `from` on where a NaN or an infinity stands; `to` where none does. */
export const nextNotFinite = (values: ArrayLike<number>, from: number, to: number): number => {
  let i = from;
  // Where one stands, so may many: it is looked for next to it first.
  if (i < to && values[i]! - values[i]! !== 0) return i;
  // x − x is 0 for finite numbers only; asked of eight together, in a third of the time. A sum of large ones may be infinite and says nothing.
  for (; i + 8 <= to; i += 8) {
    const first = values[i]! + values[i + 1]! + values[i + 2]! + values[i + 3]!;
    const sum = first + values[i + 4]! + values[i + 5]! + values[i + 6]! + values[i + 7]!;
    if (sum - sum === 0) continue;
    for (let j = i; j < i + 8; j++) if (values[j]! - values[j]! !== 0) return j;
  }
  for (; i < to; i++) if (values[i]! - values[i]! !== 0) return i;
  return to;
};
