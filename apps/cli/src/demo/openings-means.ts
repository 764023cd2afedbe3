/** Means over the 64 openings of the embedded models, of one method with the settings of the demo. */
export interface OpeningsMeans {
  /** Of the highest of 4 rewards, and of all 4. */
  readonly top1: number;
  readonly avg: number;
  /** What the judge says, of all 4. */
  readonly judge: number;
}

/**
 * What the demo's one example is an example of: its settings and its reward, the sum of the embedded two, on
 * every opening. Measured with seed 1 on 27 November 2026 (`demo` of apps/bench), with the weights of 26
 * November: guided less unguided, Top@1 +0.38 ± 0.17, Avg@4 +1.06 ± 0.20 (standard error over openings).
 */
export const openingsMeans: { readonly unguided: OpeningsMeans; readonly guided: OpeningsMeans } = {
  unguided: { top1: 5.8, avg: 3.99, judge: 0.931 },
  guided: { top1: 6.18, avg: 5.05, judge: 0.924 },
};
