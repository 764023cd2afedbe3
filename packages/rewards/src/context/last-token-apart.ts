import type { Tensor } from '@entrgi/core';
import { type Piece, selectedPiece, tailPiece } from '@entrgi/models/internal';

/** What a network keeps of the tokens before a response: of all but the last, and of the last. */
export interface LastTokenApart {
  readonly past: Piece;
  readonly last: Piece;
}

/**
 * The last token of a prefix as a piece of its own, to which the leading tokens are joined, so that there is
 * always one: on WebGPU a product over nothing ends the process. `length`: tokens of the prefix, at least 2.
 */
export const lastTokenApart = (kept: Readonly<Record<string, Tensor>>, length: number): LastTokenApart => {
  const piece = kept as Piece;
  return { past: selectedPiece(piece, [0], length - 1), last: tailPiece(piece, 1) };
};
