import { nextTurn, turnIsDue } from '@entrgi/core';
import type { DenoiserNetwork } from './denoiser-network.js';

export interface ClassifierFreeOptions {
  /** s: how far from what the network says without the prompt. */
  readonly scale: number;
  /**
   * What is masked in that: flat slots of a sequence, the prompt's and those of the response that are given.
   */
  readonly given: readonly number[];
  readonly maskId: number;
}

/**
 * Classifier-free guidance as LLaDA's code has it: φ = u + (s + 1)(c − u), where c are the logits given the
 * prompt and u those without. Twice the passes. A token that c excludes stays excluded.
 */
export const classifierFree = (
  network: DenoiserNetwork,
  { scale, given, maskId }: ClassifierFreeOptions,
): DenoiserNetwork => {
  /** Every sequence twice, in the second half masked at some slots. */
  const twice = (tokenIds: Int32Array, length: number, slots: readonly number[]): Int32Array => {
    const both = new Int32Array(2 * tokenIds.length);
    both.set(tokenIds);
    both.set(tokenIds, tokenIds.length);
    for (let start = tokenIds.length; start < both.length; start += length) {
      for (const slot of slots) both[start + slot] = maskId;
    }
    return both;
  };
  const combined = async (logits: Float32Array, signal: AbortSignal | undefined): Promise<Float32Array> => {
    const half = logits.length / 2;
    for (let start = 0; start < half; start += PIECE) {
      const end = Math.min(start + PIECE, half);
      for (let i = start; i < end; i++) {
        const [c, u] = [logits[i]!, logits[half + i]!];
        // −∞ in both would be no number, and in u alone more than any.
        if (c !== Number.NEGATIVE_INFINITY && u !== Number.NEGATIVE_INFINITY) {
          logits[i] = u + (scale + 1) * (c - u);
        }
      }
      if (turnIsDue()) await nextTurn(signal);
    }
    return logits.slice(0, half);
  };
  const logits: DenoiserNetwork['logits'] = async (request) => {
    const { tokenIds, batch, length, positions, signal } = request;
    const both = { tokenIds: twice(tokenIds, length, given), positions: doubled(positions, tokenIds.length) };
    return combined(await network.logits({ ...request, ...both, batch: 2 * batch }), signal);
  };
  if (network.openBlock === undefined) return { logits };
  return {
    logits,
    async openBlock(request) {
      const { tokenIds, batch, length, start, end } = request;
      const both = { tokenIds: twice(tokenIds, length, given), batch: 2 * batch };
      const block = await network.openBlock!({ ...request, ...both });
      const inBlock = given.filter((slot) => slot >= start && slot < end).map((slot) => slot - start);
      return {
        async logits(within) {
          const { sequences, tokenIds: own, positions } = within;
          const both = {
            sequences: [...sequences, ...sequences.map((sequence) => batch + sequence)],
            tokenIds: twice(own, end - start, inBlock),
            positions: doubled(positions, own.length),
            signal: within.signal,
          };
          return combined(await block.logits(both), within.signal);
        },
      };
    },
  };
};

/** So many take some milliseconds. */
const PIECE = 2 ** 20;

const doubled = (positions: Int32Array, by: number): Int32Array => {
  const both = new Int32Array(2 * positions.length);
  both.set(positions);
  both.set(
    positions.map((position) => position + by),
    positions.length,
  );
  return both;
};
