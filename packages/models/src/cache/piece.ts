import type { Tensor } from '@entrgi/core';

/**
 * What each layer keeps of some tokens, by the names that a graph reads it by: float32 [batch, keyValueHeads,
 * length, headWidth].
 */
export type Piece = Readonly<Record<string, Tensor<'float32'>>>;

/**
 * What is kept of the first `length` tokens of some sequences, in that order.
 * @default of all their tokens
 */
export const selectedPiece = (piece: Piece, sequences: readonly number[], length?: number): Piece =>
  mapped(piece, ({ dims, data }) => {
    const [, heads, held, width] = dims as [number, number, number, number];
    const count = length ?? held;
    const selected = new Float32Array(sequences.length * heads * count * width);
    sequences.forEach((sequence, k) => {
      for (let head = 0; head < heads; head++) {
        const from = (sequence * heads + head) * held * width;
        selected.set(data.subarray(from, from + count * width), (k * heads + head) * count * width);
      }
    });
    return { type: 'float32', dims: [sequences.length, heads, count, width], data: selected };
  });

/** What is kept of the last `length` tokens. */
export const tailPiece = (piece: Piece, length: number): Piece =>
  mapped(piece, ({ dims, data }) => {
    const [batch, heads, held, width] = dims as [number, number, number, number];
    const tail = new Float32Array(batch * heads * length * width);
    for (let row = 0; row < batch * heads; row++) {
      const end = (row + 1) * held * width;
      tail.set(data.subarray(end - length * width, end), row * length * width);
    }
    return { type: 'float32', dims: [batch, heads, length, width], data: tail };
  });

/** What is kept of tokens and of those behind them, of as many sequences. */
export const joinedPiece = (first: Piece, second: Piece): Piece =>
  mapped(first, ({ dims, data }, name) => {
    const [batch, heads, before, width] = dims as [number, number, number, number];
    const next = second[name]!;
    if (before === 0) return next;
    const after = next.dims[2]!;
    const joined = new Float32Array(data.length + next.data.length);
    for (let row = 0; row < batch * heads; row++) {
      const to = row * (before + after) * width;
      joined.set(data.subarray(row * before * width, (row + 1) * before * width), to);
      joined.set(next.data.subarray(row * after * width, (row + 1) * after * width), to + before * width);
    }
    return { type: 'float32', dims: [batch, heads, before + after, width], data: joined };
  });

const mapped = (piece: Piece, map: (tensor: Tensor<'float32'>, name: string) => Tensor<'float32'>): Piece =>
  Object.fromEntries(Object.entries(piece).map(([name, tensor]) => [name, map(tensor, name)]));
