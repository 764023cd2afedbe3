import type { Component } from '../file/component.js';
import { dictionary } from '../text/dictionary.js';
import type { Model } from './model.js';
import { unknownTokenError } from './unknown-token-error.js';

/** An unknown character scores this much less than the worst piece. */
const unknownPenalty = 10;

/** The way through the piece with the highest sum of scores; of equal ones, that found first. */
export const unigram = (part: Component): Model => {
  const pieces = part.value('vocab');
  if (!Array.isArray(pieces)) return part.fail('expected vocab to be a list', pieces);
  const scores = new Float64Array(pieces.length);
  const ids = new Map<string, number>();
  let worst = Number.POSITIVE_INFINITY;
  for (const [id, piece] of pieces.entries()) {
    if (!Array.isArray(piece) || typeof piece[0] !== 'string' || typeof piece[1] !== 'number') {
      part.fail('vocab: expected pairs of piece and score', piece);
    }
    ids.set(piece[0], id);
    scores[id] = piece[1];
    worst = Math.min(worst, piece[1]);
  }
  const unknownId = part.value('unk_id') == null ? undefined : part.count('unk_id');
  if (unknownId !== undefined && unknownId >= pieces.length)
    part.fail('unk_id: expected the id of a piece', unknownId);
  const unknownScore = worst - unknownPenalty;
  const hasByteFallback = part.optionalFlag('byte_fallback') ?? false;
  const known = dictionary(ids.keys(), (text) => ids.has(text));
  const encoder = new TextEncoder();

  /** The ids of a stretch: its own, or those of its bytes, or the unknown one. */
  const appendStretch = (result: number[], text: string, forbidden: ReadonlySet<number>): void => {
    const id = ids.get(text);
    if (id !== undefined && !forbidden.has(id)) {
      result.push(id);
      return;
    }
    if (hasByteFallback) {
      const bytes = Array.from(encoder.encode(text), byteToken).map((token) => ids.get(token));
      if (!bytes.includes(undefined)) {
        for (const byte of bytes) result.push(byte!);
        return;
      }
    }
    if (unknownId === undefined) throw unknownTokenError(part.where, text);
    result.push(unknownId);
  };

  return {
    ids,
    size: pieces.length,
    unknownId,
    append(result, text, budget, forbidden) {
      // For each end of a piece: the best score so far, where its last piece starts (-1: no way here), and that piece's id.
      const best = new Float64Array(text.length + 1);
      const starts = new Int32Array(text.length + 1).fill(-1);
      const last = new Int32Array(text.length + 1);
      budget.spend(text.length);
      const offer = (start: number, end: number, score: number, id: number): void => {
        const total = score + best[start]!;
        if (starts[end] !== -1 && !(total > best[end]!)) return;
        best[end] = total;
        starts[end] = start;
        last[end] = id;
      };
      for (let start = 0; start < text.length; ) {
        const width = text.codePointAt(start)! > 0xffff ? 2 : 1;
        let isKnown = false;
        for (const length of known.lengthsAt(text, start, budget)) {
          const id = ids.get(text.slice(start, start + length))!;
          if (forbidden.has(id)) continue;
          offer(start, start + length, scores[id]!, id);
          isKnown ||= length === width;
        }
        if (!isKnown) {
          if (
            unknownId === undefined &&
            (starts[start + width] === -1 || unknownScore + best[start]! > best[start + width]!)
          ) {
            throw unknownTokenError(part.where, text);
          }
          offer(start, start + width, unknownScore, unknownId ?? -1);
        }
        start += width;
      }
      const stretches: string[] = [];
      for (let end = text.length; end > 0; ) {
        let start = starts[end]!;
        // Unknown characters side by side are one.
        if (last[end] === unknownId) while (start > 0 && last[start] === unknownId) start = starts[start]!;
        stretches.push(text.slice(start, end));
        end = start;
      }
      for (const stretch of stretches.reverse()) appendStretch(result, stretch, forbidden);
    },
  };
};

/** How a vocabulary spells a byte: `<0x0A>`. */
export const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
