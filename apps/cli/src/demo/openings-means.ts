/** Means over the 64 openings of the embedded models, of one method with the settings of the demo. */
export interface OpeningsMeans {
  /** Of the highest of 4 rewards, and of all 4. */
  readonly top1: number;
  readonly avg: number;
  /** What the judge says, of all 4. */
  readonly judge: number;
}

/**
 * What the demo's one example is an example of: its settings and its reward, the sum of the embedded two, on every opening. Whoever measures it fills it
 * in, and names here the date, the seeds and the training runs of the weights; undefined, and not shown, until then.
 */
export const openingsMeans: { readonly unguided: OpeningsMeans; readonly guided: OpeningsMeans } | undefined =
  undefined;
