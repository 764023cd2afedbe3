import type { Denoiser, StepEvent } from '@entrgi/core';

/** A step event as the trace holds it: committed tokens with their text. */
export const traceRecord = (event: StepEvent, denoiser: Pick<Denoiser, 'decode'>): unknown => ({
  ...event,
  committed: event.committed.map((token) => ({ ...token, text: denoiser.decode([token.tokenId]) })),
});
