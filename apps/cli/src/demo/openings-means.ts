/** Means over the 64 openings of the embedded models, of one method with the settings of the demo. */
export interface OpeningsMeans {
  /** Of the highest of 4 rewards, and of all 4. */
  readonly top1: number;
  readonly avg: number;
  /** What the judge says, of all 4. */
  readonly judge: number;
}

/**
 * What the demo's one example is an example of. Filled in from `entrgi eval --data openings --methods bon,entrgi`, with the date and the weights that
 * it was measured with named here; undefined, and not shown, until the present weights have been measured.
 */
export const openingsMeans: { readonly unguided: OpeningsMeans; readonly guided: OpeningsMeans } | undefined =
  undefined;
