/**
 * The vector–Jacobian product of q = softmax(φ/τ): ∂R/∂φᵢ = (1/τ) qᵢ (sᵢ − Σⱼ qⱼ sⱼ), where s = ∂R/∂q are the reward's token scores.
 * `probs` and `scores` have shape [rows, size]; writes ∂R/∂φ to `out`, which may be `scores`.
 */
export const softmaxGradient = (
  probs: Float32Array,
  scores: Float32Array,
  size: number,
  temperature: number,
  out: Float32Array = new Float32Array(probs.length),
): Float32Array => {
  for (let start = 0; start < probs.length; start += size) {
    const end = start + size;
    let mass = 0;
    let mean = 0;
    for (let i = start; i < end; i++) {
      mass += probs[i]!;
      mean += probs[i]! * scores[i]!;
    }
    // Rounded to float32, the probabilities add up to 1 ± 1e-7. Unscaled, that would swamp sᵢ − mean of a near-certain token.
    mean /= mass;
    for (let i = start; i < end; i++) out[i] = (probs[i]! * (scores[i]! - mean)) / temperature;
  }
  return out;
};
