/**
 * How much a masked position's embedding leans towards its sampled token: from H(p)/log V in [0, 1] (the
 * normalized entropy of the position's distribution) to the weight w in [0, 1] of ê = soft + w · (hard −
 * soft).
 */
export type Relaxation = (normalizedEntropy: number) => number;
