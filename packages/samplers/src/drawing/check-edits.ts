import { InvalidArgumentError, NumericalError, type RowLogits } from '@entrgi/core';
import { firstNotFinite, requireThat } from '@entrgi/core/internal';
import { stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';

/** Throws NumericalError where an edit leaves a NaN, +∞ or a row in which nothing may be drawn. */
export const checkEditedLogits = (logits: RowLogits, step: number): void => {
  const { values, offsets } = logits;
  for (let row = 0; row + 1 < offsets.length; row++) {
    const own = values.subarray(offsets[row], offsets[row + 1]);
    const at = firstNotFinite(own, Number.NEGATIVE_INFINITY);
    if (at < 0 && own.some(Number.isFinite)) continue;
    throw new NumericalError(
      `edit.logits, step ${step}: expected finite logits or −∞, one of them finite, got ${at < 0 ? 'only −∞' : own[at]} in row ${row}.`,
      { value: own[Math.max(at, 0)] },
    );
  }
};

/**
 * Throws InvalidArgumentError where an edit leaves an id that nobody writes, or a mask that no later step
 * fills.
 */
export const checkEditedTokens = (settings: SampleSettings, tokenIds: Int32Array, step: number): void => {
  const { maskId, length, blocks, steps, denoiser } = settings;
  const { size, tokens } = denoiser.vocabulary;
  const next = step === steps ? length : blocks[stepInBlock(settings, step + 1).block]!.from;
  for (const [at, id] of tokenIds.entries()) {
    const name = `edit.tokens, step ${step}, trajectory ${Math.floor(at / length)}, position ${at % length}`;
    if (id === maskId && at % length < next) {
      throw new InvalidArgumentError(`${name}: expected a token, got a mask that no later step fills.`, {
        value: id,
        hint: 'Mask again only what lies in the block of the next step or after it.',
      });
    }
    if (id === maskId) continue;
    requireThat(name, id, 'the id of a token', id >= 0 && id < size && tokens[id] !== undefined);
  }
};
