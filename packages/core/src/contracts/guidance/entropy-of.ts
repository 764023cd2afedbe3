/**
 * Whose entropy sets the weight of the sampled token: that of softmax(φ) (talk, published code) or of
 * softmax(φ/τ) (paper).
 */
export type EntropyOf = 'untempered' | 'tempered';
