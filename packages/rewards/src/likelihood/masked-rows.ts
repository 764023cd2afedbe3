import {
  type Denoiser,
  type DenoiserRequest,
  logSumExp,
  NumericalError,
  nextTurn,
  turnIsDue,
} from '@entrgi/core';

/** What a denoiser says of masked tokens. */
export interface MaskedRows {
  /** log p of a token at a row; at least LOWEST, which is also that of tokens that are never written. */
  logProbability(row: number, tokenId: number): number;
}

/** Below e^−100 no probabilities are told apart: a difference of two is always a number. */
const LOWEST = -100;

/**
 * Predicts masked tokens, at temperature 1 and among the tokens that are ever written: neither the mask nor
 * padding rows.
 * @throws NumericalError for a NaN, and what the denoiser throws
 */
export const maskedRows = async (denoiser: Denoiser, request: DenoiserRequest): Promise<MaskedRows> => {
  const { size, tokens, maskId } = denoiser.vocabulary;
  const logits = await denoiser.logits(request);
  const rows = request.positions.length;
  const never: number[] = [];
  for (let id = 0; id < size; id++) if (id === maskId || tokens[id] === undefined) never.push(id);
  const totals = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = logits.subarray(row * size, (row + 1) * size);
    for (const id of never) own[id] = Number.NEGATIVE_INFINITY;
    totals[row] = logSumExp(own, size)[0]!;
    if (!Number.isFinite(totals[row])) {
      throw new NumericalError(
        `Denoiser '${denoiser.name}': expected finite logits, got a row whose log-sum-exp is ${totals[row]}.`,
        { value: totals[row], hint: 'Check its weights and their precision.' },
      );
    }
    if (turnIsDue()) await nextTurn(request.signal);
  }
  return {
    logProbability: (row, tokenId) => Math.max(LOWEST, logits[row * size + tokenId]! - totals[row]!),
  };
};
