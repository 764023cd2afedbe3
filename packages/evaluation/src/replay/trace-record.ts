import type { CommittedToken, Denoiser, StepEvent } from '@entrgi/core';

/** A step event as a trace holds it: committed tokens with their text. */
export interface TraceRecord extends StepEvent {
  readonly committed: readonly (CommittedToken & { readonly text: string })[];
}

/** A step event as a trace keeps it: each committed token with the text that it spells. */
export const traceRecord = (event: StepEvent, denoiser: Pick<Denoiser, 'decode'>): TraceRecord => ({
  ...event,
  committed: event.committed.map((token) => ({ ...token, text: denoiser.decode([token.tokenId]) })),
});

/**
 * A record as a line of a JSONL file, its end included: typed arrays as lists, numbers that JSON has not as
 * null.
 */
export const traceLine = (record: unknown): string => `${JSON.stringify(record, plainArrays)}\n`;

const plainArrays = (_key: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
