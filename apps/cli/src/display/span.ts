import type { Denoiser, StepEvent } from '@entrgi/core';

/** A piece of a response as the display shows it. Runs of masked positions are one span. */
export type Span =
  | { readonly kind: 'committed' | 'new'; readonly text: string }
  | { readonly kind: 'masked'; readonly count: number }
  | { readonly kind: 'end' };

type Decoder = Pick<Denoiser, 'decode' | 'vocabulary'>;

/** Turns the tokens of one trajectory into spans; a response is shown up to its first end token. */
export const responseSpans = (denoiser: Decoder) => {
  const { maskId, endIds } = denoiser.vocabulary;
  const ends = new Set(endIds);
  return (event: Pick<StepEvent, 'tokenIds' | 'length' | 'committed'>, trajectory: number): Span[] => {
    const start = trajectory * event.length;
    const ids = event.tokenIds.subarray(start, start + event.length);
    const fresh = new Set(event.committed.filter((c) => c.trajectory === trajectory).map((c) => c.position));
    const spans: Span[] = [];
    for (let from = 0; from < ids.length; ) {
      if (ends.has(ids[from]!)) {
        spans.push({ kind: 'end' });
        break;
      }
      const kind = ids[from] === maskId ? 'masked' : fresh.has(from) ? 'new' : 'committed';
      let to = from + 1;
      while (to < ids.length && !ends.has(ids[to]!) && kindAt(ids, to, maskId, fresh) === kind) to++;
      spans.push(
        kind === 'masked'
          ? { kind, count: to - from }
          : { kind, text: denoiser.decode(ids.subarray(from, to)) },
      );
      from = to;
    }
    return spans;
  };
};

const kindAt = (ids: Int32Array, i: number, maskId: number | undefined, fresh: ReadonlySet<number>) =>
  ids[i] === maskId ? 'masked' : fresh.has(i) ? 'new' : 'committed';
