import type { Mutation } from './target.js';

const telling = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2d, 0x30, 0x39];

/** Bits flipped, bytes replaced, removed, repeated, brought in from elsewhere, the end cut off. */
export const mutateBytes: Mutation = (bytes, random, others) => {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(random.pick([1, 4, 16, 256]));
  const splice = (start: number, end: number, piece: ArrayLike<number>): Uint8Array => {
    const result = new Uint8Array(start + piece.length + Math.max(0, bytes.length - end));
    result.set(bytes.subarray(0, start));
    result.set(piece, start);
    result.set(bytes.subarray(end), start + piece.length);
    return result;
  };
  switch (random.below(7)) {
    case 0: {
      const copy = new Uint8Array(bytes);
      if (at < copy.length) copy[at]! ^= 1 << random.below(8);
      return copy;
    }
    case 1: {
      const copy = new Uint8Array(bytes);
      if (at < copy.length) copy[at] = random.pick(telling);
      return copy;
    }
    case 2:
      return splice(at, Math.min(bytes.length, at + length), []);
    case 3:
      return splice(at, at, bytes.subarray(at, at + length));
    case 4: {
      const other = random.pick(others);
      const from = random.below(other.length);
      return splice(
        at,
        random.pick([at, Math.min(bytes.length, at + length)]),
        other.subarray(from, from + length),
      );
    }
    case 5:
      return splice(
        at,
        at,
        Array.from({ length }, () => random.pick(telling)),
      );
    default:
      return bytes.subarray(0, at);
  }
};
