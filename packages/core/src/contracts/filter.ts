/** Restricts a distribution in place: sets the probabilities of excluded tokens to 0 and rescales the rest to sum 1. */
export type Filter = (probs: Float32Array) => void;
