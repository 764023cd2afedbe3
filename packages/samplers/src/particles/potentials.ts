/** What a particle's rewards came to, before its next look. */
export interface PotentialState {
  /** log of the product of its potentials so far. */
  readonly product: number;
  /** The last reward, the highest, or the sum. */
  readonly memory: number;
}

/**
 * log G of a particle's look with λ times its reward, and what is remembered. At the last look the product of
 * all is exp(λR), whatever was in between.
 */
export type Potential = (
  state: PotentialState | undefined,
  scaled: number,
  isLast: boolean,
) => PotentialState & { readonly log: number };

const step = (before: PotentialState | undefined, memory: number, log: number) => ({
  log,
  memory,
  product: (before?.product ?? 0) + log,
});

/** G = exp(λ(r − the last r)): what the look added. */
const difference: Potential = (before, scaled) => step(before, scaled, scaled - (before?.memory ?? 0));

/** G = exp(λ · the highest r so far). */
const max: Potential = (before, scaled, isLast) => {
  const memory = Math.max(before?.memory ?? Number.NEGATIVE_INFINITY, scaled);
  return step(before, memory, isLast ? scaled - (before?.product ?? 0) : memory);
};

/** G = exp(λ · the sum of all r so far). */
const sum: Potential = (before, scaled, isLast) => {
  const memory = (before?.memory ?? 0) + scaled;
  return step(before, memory, isLast ? scaled - (before?.product ?? 0) : memory);
};

/** The potentials of Feynman–Kac steering (arXiv 2501.06848), by name. */
export const potentials = { difference, max, sum } as const;
