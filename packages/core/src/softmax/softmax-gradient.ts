/**
 * The vector–Jacobian product of q = softmax(φ/τ): ∂R/∂φᵢ = (1/τ) qᵢ (sᵢ − Σⱼ qⱼ sⱼ), where s = ∂R/∂q are the
 * reward's token scores. `probs` and `scores` have shape [rows, size]; writes ∂R/∂φ to `out`, which may be
 * `scores`.
 */
export const softmaxGradient = (
  probs: Float32Array,
  scores: Float32Array,
  size: number,
  temperature: number,
  out: Float32Array = new Float32Array(probs.length),
): Float32Array => {
  for (let start = 0; start < probs.length; start += size) {
    softmaxRowGradient(probs, scores, start, start + size, temperature, out);
  }
  return out;
};

/**
 * The same for the row that lies in [start, end). Returns the sum of what it writes: 0 but for rounding, not
 * finite where a part of it is not.
 */
export const softmaxRowGradient = (
  probs: Float32Array,
  scores: Float32Array,
  start: number,
  end: number,
  temperature: number,
  out: Float32Array,
): number => {
  let mass = 0;
  let mean = 0;
  for (let i = start; i < end; i++) {
    const p = probs[i]!;
    mass += p;
    mean += p * scores[i]!;
  }
  // Rounded to float32, the probabilities add up to 1 ± 1e-7. Unscaled, that would swamp sᵢ − mean of a near-certain token.
  mean /= mass;
  const scale = 1 / temperature;
  let sum = 0;
  for (let i = start; i < end; i++) {
    const slope = probs[i]! * (scores[i]! - mean) * scale;
    out[i] = slope;
    sum += slope;
  }
  return sum;
};
