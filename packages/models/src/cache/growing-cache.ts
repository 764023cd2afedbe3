import { joinedPiece, type Piece, selectedPiece } from './piece.js';

export interface GrowingCacheOptions {
  /** What is kept where there are no tokens. */
  none(batch: number): Piece;
  /** What is kept of more tokens, shape [batch, …], behind those of `kept`. */
  extend(kept: Piece, tokenIds: Int32Array, batch: number, signal: AbortSignal | undefined): Promise<Piece>;
  /**
   * The most tokens, of so many, of which the same is kept whatever follows.
   * @default all
   */
  readonly whole?: ((count: number) => number) | undefined;
  /**
   * Fewest new tokens to go on for.
   * @default 1
   */
  readonly leap?: number | undefined;
}

/** What a network keeps of the beginnings of a batch of sequences. */
export interface GrowingCache {
  /** How many of the tokens, shape [batch, length], are kept, and what is kept of them. */
  of(
    tokenIds: Int32Array,
    batch: number,
    signal?: AbortSignal | undefined,
  ): Promise<{ readonly count: number; readonly piece: Piece }>;
  /** How many of the tokens are kept already. */
  held(tokenIds: Int32Array, batch: number): number;
}

/**
 * Keeps beginnings from one request to the next. What is kept is found by its tokens, so that it is right
 * whatever is asked; as many tokens are kept of all sequences of a batch, so that one tensor holds it.
 */
export const growingCache = ({
  none,
  extend,
  whole = (count) => count,
  leap = 1,
}: GrowingCacheOptions): GrowingCache => {
  let kept: { count: number; tokenIds: Int32Array; piece: Piece } | undefined;

  /** For each sequence the kept one that it agrees longest with, and how far all do. */
  const match = (tokens: Int32Array, batch: number): { sources: number[]; found: number } => {
    if (kept === undefined) return { sources: [], found: 0 };
    const { count: held, tokenIds } = kept;
    const length = tokens.length / batch;
    let found = Math.min(length, held);
    const sources = Array.from({ length: batch }, (_, k) => {
      let [source, longest] = [0, -1];
      for (let other = 0; other * held < tokenIds.length; other++) {
        let agreed = 0;
        while (agreed < found && tokens[k * length + agreed] === tokenIds[other * held + agreed]) agreed++;
        // Usually each is itself.
        if (agreed > longest || (agreed === longest && other === k)) [source, longest] = [other, agreed];
      }
      found = Math.min(found, longest);
      return source;
    });
    return { sources, found: whole(found) };
  };

  return {
    held: (tokens, batch) => match(tokens, batch).found,
    async of(tokens, batch, signal) {
      const length = tokens.length / batch;
      const { sources, found } = match(tokens, batch);
      const isKept =
        kept !== undefined &&
        found === kept.count &&
        kept.tokenIds.length === batch * found &&
        sources.every((source, k) => source === k);
      const start =
        found === 0 ? none(batch) : isKept ? kept!.piece : selectedPiece(kept!.piece, sources, found);
      const count = length - found < leap ? found : length;
      if (isKept && count === found) return { count, piece: start };
      const columns = (from: number, to: number) =>
        Int32Array.from({ length: batch * (to - from) }, (_, i) => {
          const width = to - from;
          return tokens[Math.floor(i / width) * length + from + (i % width)]!;
        });
      const piece =
        count === found
          ? start
          : joinedPiece(start, await extend(start, columns(found, count), batch, signal));
      kept = count === 0 ? undefined : { count, tokenIds: columns(0, count), piece };
      return { count, piece };
    },
  };
};
