/** What a user calls a reward, understood: a model, or what denoisers say without one. */
export type RewardSource =
  | { readonly kind: 'model'; readonly source: string }
  /** The denoiser's own confidence. */
  | { readonly kind: 'confidence'; readonly source?: undefined }
  /** The denoiser against the one that it was trained from, which is the source. */
  | { readonly kind: 'log-ratio'; readonly source: string };

/** `confidence`, `log-ratio:MODEL`, or a model; a directory of such a name is reached as `./confidence`. */
export const rewardSource = (given: string): RewardSource => {
  if (given === 'confidence') return { kind: 'confidence' };
  const ratio = /^log-ratio:(.+)$/s.exec(given);
  return ratio === null ? { kind: 'model', source: given } : { kind: 'log-ratio', source: ratio[1]! };
};
