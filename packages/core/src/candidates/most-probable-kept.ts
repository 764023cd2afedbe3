/**
 * Place of the highest logit among those that filters kept, the first of equals: `mode`, that of the highest
 * logit of all, where it is one of them. `filtered` are the probabilities of [start, start + filtered.length)
 * after the filters.
 */
export const mostProbableKept = (
  values: Float32Array,
  start: number,
  mode: number,
  filtered: Float32Array,
): number => {
  if (filtered[mode - start]! > 0) return mode;
  let best = -1;
  for (let place = 0; place < filtered.length; place++) {
    if (filtered[place]! > 0 && (best < 0 || values[start + place]! > values[start + best]!)) best = place;
  }
  return start + best;
};
