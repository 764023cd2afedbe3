import type { RunOptions, Session, Tensor } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';
import { type GrowingCache, growingCache } from '../cache/growing-cache.js';
import type { KeptShape } from '../cache/kept-tensors.js';
import { type Piece, selectedPiece } from '../cache/piece.js';
import { nextTensors, ownTensors, sharedTensors } from './causal-graph.js';

export interface FinishedBlocksOptions {
  readonly shape: KeptShape;
  readonly blockLength: number;
  /** How many tokens the first block lacks. */
  readonly offset: number;
  /** Of the causal graph. */
  readonly session: Session;
}

/** What is kept of the tokens before a block. */
export interface TokensBefore {
  /** Of those that all sequences begin with, one for all. */
  readonly shared: Piece;
  /** Of those behind, one for each sequence. */
  readonly own: Piece;
}

/** What a network keeps of finished blocks, which nothing that follows can change. */
export interface FinishedBlocks {
  readonly offset: number;
  /** Where the block that a place is in begins. */
  beginning(place: number): number;
  /** What is kept of the first `end` tokens, where a block begins, of sequences, shape [batch, length]. */
  before(
    tokenIds: Int32Array,
    batch: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<TokensBefore>;
  /**
   * How many of the first `end` tokens of a single sequence are kept, and what, where no more than a block is
   * missing: that may be computed with what follows. Undefined where nothing is, or more.
   */
  allButLast(
    tokenIds: Int32Array,
    batch: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly count: number; readonly past: TokensBefore } | undefined>;
  /**
   * Keeps the tokens from `start` to `end` of a single sequence, as a run of the causal graph that began with
   * them gave them.
   */
  keep(
    tokenIds: Int32Array,
    place: { readonly start: number; readonly end: number },
    outputs: Readonly<Record<string, Tensor>>,
  ): Promise<void>;
  /** Logits at the last of the first `end` tokens, the end of a block, shape [batch, vocabulary]. */
  lastLogits(
    tokenIds: Int32Array,
    batch: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array>;
}

/**
 * Keeps finished blocks from one block to the next: each is computed once, and once for all sequences as long
 * as they agree.
 */
export const finishedBlocks = ({
  shape,
  blockLength,
  offset,
  session,
}: FinishedBlocksOptions): FinishedBlocks => {
  const beginning = (place: number) =>
    Math.max(Math.floor((place + offset) / blockLength) * blockLength - offset, 0);
  const run = (
    past: TokensBefore,
    start: number,
    { tokenIds, batch, positions }: RunTokens,
    { signal, fetches = nextTensors.names(shape) }: RunOptions,
  ): Promise<Readonly<Record<string, Tensor>>> => {
    const feeds = {
      ...past.shared,
      ...past.own,
      ids: int64Tensor([batch, tokenIds.length / batch], tokenIds),
      // Where nobody asks for logits: not every kernel takes a product of no rows.
      positions: int64Tensor([positions?.length ?? 1], positions ?? [0]),
      start: int64Tensor([1], [start]),
      offset: int64Tensor([1], [offset]),
    };
    return session.run(feeds, { signal, fetches });
  };

  // What a run with other tokens behind it has given, to be kept.
  let given: { readonly start: number; readonly end: number; readonly piece: Piece } | undefined;
  const shared = growingCache({
    none: () => sharedTensors.empty(shape, 1),
    whole: beginning,
    async extend(kept, tokenIds, batch, signal) {
      const start = lengthOf(kept);
      if (given?.start === start && given.end === start + tokenIds.length) return given.piece;
      const past = { shared: kept, own: ownTensors.empty(shape, batch) };
      return sharedTensors.renamed(await run(past, start, { tokenIds, batch }, { signal }));
    },
  });
  const ownBehind = (past: Piece, from: number): GrowingCache =>
    growingCache({
      none: (batch) => ownTensors.empty(shape, batch),
      whole: (count) => beginning(from + count) - from,
      async extend(kept, tokenIds, batch, signal) {
        const start = from + lengthOf(kept);
        const outputs = await run({ shared: past, own: kept }, start, { tokenIds, batch }, { signal });
        return ownTensors.renamed(outputs);
      },
    });
  let apart: { readonly from: number; readonly past: Piece; readonly cache: GrowingCache } | undefined;

  /** How many of the first `end` tokens are kept once for all sequences. */
  const sharedUpTo = (tokenIds: Int32Array, batch: number, end: number): number => {
    const common = beginning(commonLength(tokenIds, batch, end));
    // What is kept apart stays apart, though all of it should agree now: to share it would be to compute it again.
    const stays =
      apart !== undefined &&
      apart.from <= common &&
      shared.held(tokenIds.subarray(0, apart.from), 1) === apart.from &&
      apart.cache.held(columns(tokenIds, batch, apart.from, end), batch) > 0;
    return stays ? apart!.from : common;
  };

  const before: FinishedBlocks['before'] = async (tokenIds, batch, end, signal) => {
    const from = sharedUpTo(tokenIds, batch, end);
    const { piece: past } = await shared.of(tokenIds.subarray(0, from), 1, signal);
    if (apart?.past !== past) apart = { from, past, cache: ownBehind(past, from) };
    const { piece: own } = await apart.cache.of(columns(tokenIds, batch, from, end), batch, signal);
    return { shared: past, own };
  };

  return {
    offset,
    beginning,
    before,
    async allButLast(tokenIds, batch, end, signal) {
      if (batch !== 1 || sharedUpTo(tokenIds, batch, end) !== end) return undefined;
      const count = shared.held(tokenIds.subarray(0, end), 1);
      if (count === end || end - count > blockLength) return undefined;
      const { piece } = await shared.of(tokenIds.subarray(0, count), 1, signal);
      return { count, past: { shared: piece, own: ownTensors.empty(shape, 1) } };
    },
    async keep(tokenIds, { start, end }, outputs) {
      const next = Object.fromEntries(nextTensors.names(shape).map((name) => [name, outputs[name]!]));
      given = { start, end, piece: selectedPiece(sharedTensors.renamed(next), [0], end - start) };
      await shared.of(tokenIds.subarray(0, end), 1);
      given = undefined;
    },
    async lastLogits(tokenIds, batch, end, signal) {
      const start = beginning(end - 1);
      const past = await before(tokenIds, batch, start, signal);
      const positions = Array.from({ length: batch }, (_, b) => (b + 1) * (end - start) - 1);
      const last = { tokenIds: columns(tokenIds, batch, start, end), batch, positions };
      const { logits } = await run(past, start, last, { signal, fetches: ['logits'] });
      return logits!.data as Float32Array;
    },
  };
};

interface RunTokens {
  readonly tokenIds: Int32Array;
  readonly batch: number;
  /** Where logits are asked for. */
  readonly positions?: readonly number[];
}

/** The tokens at places `from` up to, not with, `to` of each sequence. */
const columns = (tokenIds: Int32Array, batch: number, from: number, to: number): Int32Array => {
  const length = tokenIds.length / batch;
  return tokenIds.filter((_, i) => i % length >= from && i % length < to);
};

/** How many of the first `end` tokens all sequences have in common. */
const commonLength = (tokenIds: Int32Array, batch: number, end: number): number => {
  const length = tokenIds.length / batch;
  for (let place = 0; place < end; place++) {
    for (let b = 1; b < batch; b++) if (tokenIds[b * length + place] !== tokenIds[place]) return place;
  }
  return end;
};

const lengthOf = (piece: Piece): number => Object.values(piece)[0]!.dims[2]!;
