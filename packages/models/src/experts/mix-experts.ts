import type { RunOptions, Tensor } from '@entrgi/core';
import type { ExpertPool } from './expert-pool.js';

/**
 * Of each token the sum of its chosen experts' outputs by their shares: x float32 [tokens, width], shares
 * float32 [tokens, experts], 0 of all that are not chosen. An expert is computed for the tokens that chose
 * it, and for no other; one that none chose is not even read.
 */
export const mixExperts = async (
  pool: ExpertPool,
  layer: string,
  { x, shares }: { readonly x: Tensor<'float32'>; readonly shares: Tensor<'float32'> },
  options: RunOptions,
): Promise<Tensor<'float32'>> => {
  const [tokens, width] = x.dims as [number, number];
  const count = shares.dims[1]!;
  const mixed = new Float32Array(tokens * width);
  for (let expert = 0; expert < count; expert++) {
    const chosen: number[] = [];
    for (let token = 0; token < tokens; token++) {
      if (shares.data[token * count + expert] !== 0) chosen.push(token);
    }
    if (chosen.length === 0) continue;
    const rows = new Float32Array(chosen.length * width);
    for (const [i, token] of chosen.entries()) {
      rows.set(x.data.subarray(token * width, (token + 1) * width), i * width);
    }
    const own: Tensor<'float32'> = { type: 'float32', dims: [chosen.length, width], data: rows };
    const outputs = await pool.run(`${layer}.${expert}`, own, options);
    chosen.forEach((token, i) => {
      const share = shares.data[token * count + expert]!;
      const [from, to] = [i * width, token * width];
      for (let j = 0; j < width; j++) mixed[to + j]! += share * outputs[from + j]!;
    });
  }
  return { type: 'float32', dims: [tokens, width], data: mixed };
};
