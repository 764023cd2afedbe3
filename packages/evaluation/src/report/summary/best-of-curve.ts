/**
 * Expected highest of n values drawn without replacement from those given, for n from 1 to all of them: an
 * unbiased estimate of best-of-n from a larger sample. With values in ascending order, the i-th is the
 * highest of n in C(i − 1, n − 1) of C(N, n) draws.
 */
export const bestOfCurve = (values: readonly number[]): number[] => {
  const ascending = values.toSorted((a, b) => a - b);
  const count = ascending.length;
  return ascending.map((_, place) => {
    const n = place + 1;
    let sum = 0;
    // Probability that the i-th is the highest: beginning with the largest, n/N, each by its ratio to the next.
    let probability = n / count;
    for (let i = count; i >= n; i--) {
      sum += probability * ascending[i - 1]!;
      probability *= (i - n) / (i - 1 || 1);
    }
    return sum;
  });
};
