import type { DenoiserBlock } from '@entrgi/core';
import { type MaskedRows, maskedSlots } from '../rows/masked-rows.js';
import type { SampleSettings } from '../settings/sample-settings.js';
import {
  distinctResponses,
  type Prediction,
  type PredictRequest,
  predict,
  prepareLogits,
} from './predict.js';

/**
 * Predicts block by block with what the denoiser keeps around each. Exact where its tokens see no later
 * block. Else (Fast-dLLM's dual cache, arXiv 2505.22618) all of a sequence is computed when a block is begun,
 * and then the block alone, which is approximate: what lies around, and with guidance the logits of later
 * blocks, stay as they were at the beginning. Used like `predict`, for one prompt.
 */
export const blockCache = ({
  blocks,
  trajectories,
  maskId,
  predictsAll,
}: SampleSettings): ((request: BlockPredictRequest) => Promise<Prediction>) => {
  let current: OpenBlock | undefined;

  const begin = async (index: number, request: PredictRequest): Promise<OpenBlock> => {
    const { network, prefix, tokenIds, length, signal } = request;
    const responses = Array.from({ length: trajectories }, (_, trajectory) => {
      const response = tokenIds.subarray(trajectory * length, (trajectory + 1) * length);
      return { trajectory, slots: maskedSlots(response, maskId) };
    }).filter(({ slots }) => slots.length > 0);
    const { parts, group } = distinctResponses(request, responses);
    const total = prefix.length + length;
    const batch = new Int32Array(parts.length * total);
    parts.forEach(({ trajectory }, b) => {
      batch.set(prefix, b * total);
      const response = tokenIds.subarray(trajectory * length, (trajectory + 1) * length);
      batch.set(response, b * total + prefix.length);
    });
    const promptLength = prefix.length;
    const { from, to } = blocks[index]!;
    const opening = { tokenIds: batch, batch: parts.length, length: total, promptLength };
    const block = await network.openBlock!({
      ...opening,
      start: promptLength + from,
      end: promptLength + to,
      signal,
    });
    const sequence = new Map(responses.map(({ trajectory }, i) => [trajectory, group[i]!]));
    return { index, block, sequence, later: await laterLogits(index, request, responses) };
  };

  /** What guidance is told of the masks of later blocks, by trajectory. */
  const laterLogits = async (
    index: number,
    request: PredictRequest,
    responses: readonly { trajectory: number; slots: Int32Array }[],
  ): Promise<OpenBlock['later']> => {
    if (!predictsAll) return new Map();
    const parts = responses
      .map((response) => ({ ...response, slots: response.slots.filter((slot) => slot >= blocks[index]!.to) }))
      .filter(({ slots }) => slots.length > 0);
    if (parts.length === 0) return new Map();
    const { logits, sources } = await predict({ ...request, parts });
    const { size } = request.denoiser.vocabulary;
    let at = 0;
    return new Map(
      parts.map(({ trajectory, slots }) => {
        const first = sources[at]!;
        at += slots.length;
        return [trajectory, logits.subarray(first * size, (first + slots.length) * size)];
      }),
    );
  };

  return async (request) => {
    const { denoiser, tokenIds, length, parts, signal, block: index } = request;
    if (current?.index !== index) current = await begin(index, request);
    const { block, sequence, later } = current;
    const own = parts.map(({ trajectory, slots, first, rows }) => ({
      trajectory,
      slots: slots.subarray(first, first + rows),
    }));
    const { from: begins, to } = blocks[index]!;
    const size = to - begins;
    const tokens = new Int32Array(parts.length * size);
    const positions: number[] = [];
    own.forEach(({ trajectory, slots }, b) => {
      const from = trajectory * length + begins;
      tokens.set(tokenIds.subarray(from, from + size), b * size);
      for (const slot of slots) positions.push(b * size + slot - begins);
    });
    const logits = await block.logits({
      sequences: own.map(({ trajectory }) => sequence.get(trajectory)!),
      tokenIds: tokens,
      positions: Int32Array.from(positions),
      signal,
    });
    await prepareLogits(logits, own, request);
    const { size: columns } = denoiser.vocabulary;
    const all = !predictsAll ? logits : withLater(logits, parts, later, columns);
    return { logits: all, sources: Int32Array.from({ length: all.length / columns }, (_, row) => row) };
  };
};

interface BlockPredictRequest extends PredictRequest {
  readonly parts: readonly MaskedRows[];
  /** Which block is filled. */
  readonly block: number;
}

interface OpenBlock {
  readonly index: number;
  readonly block: DenoiserBlock;
  /** Place of each trajectory among the sequences that the block was opened with. */
  readonly sequence: ReadonlyMap<number, number>;
  readonly later: ReadonlyMap<number, Float32Array>;
}

/**
 * The rows of each trajectory's block followed by those of its later masks: all masks before a block are
 * gone.
 */
const withLater = (
  logits: Float32Array,
  parts: readonly MaskedRows[],
  later: OpenBlock['later'],
  size: number,
): Float32Array => {
  const all = new Float32Array(parts.reduce((sum, { slots }) => sum + slots.length, 0) * size);
  let [from, to] = [0, 0];
  for (const { trajectory, rows, slots } of parts) {
    all.set(logits.subarray(from, from + rows * size), to);
    const rest = later.get(trajectory);
    if (rest !== undefined) all.set(rest, to + rows * size);
    from += rows * size;
    to += slots.length * size;
  }
  return all;
};
