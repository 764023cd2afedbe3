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
 * November: guided less unguided, Top@1 +0.21 ± 0.13, Avg@4 +0.68 ± 0.18 (standard error over openings).
 */
export const openingsMeans: { readonly unguided: OpeningsMeans; readonly guided: OpeningsMeans } = {
  unguided: { top1: 5.71, avg: 3.85, judge: 0.928 },
  guided: { top1: 5.91, avg: 4.53, judge: 0.912 },
};
