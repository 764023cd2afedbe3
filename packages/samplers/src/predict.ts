import {
  type Denoiser,
  firstNotFinite,
  InvalidArgumentError,
  NumericalError,
  type Vocabulary,
} from '@entrgi/core';
import type { PredictedRows } from './masked-rows.js';

export interface PredictRequest {
  readonly denoiser: Denoiser;
  /** Token ids of the prompt. */
  readonly prefix: Int32Array;
  /** Responses of all trajectories, shape [trajectories, length]. */
  readonly tokenIds: Int32Array;
  readonly length: number;
  /** Whether equal responses go through the denoiser once. */
  readonly skipRedundant: boolean;
  /** Trajectories to predict. */
  readonly parts: readonly PredictedRows[];
  /** What errors call the place. */
  readonly prompt: number;
  readonly step: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The denoiser's logits at the masked slots of `parts`, shape [rows, vocabulary], −∞ for tokens that must never be drawn.
 * Equal responses (in the first step: all) go through the denoiser once, unless that is switched off. Throws NumericalError for a NaN or +∞.
 */
export const predict = async (request: PredictRequest): Promise<Float32Array> => {
  const { denoiser, prefix, tokenIds, length, parts, signal } = request;
  const distinct = distinctResponses(request, parts);
  const total = prefix.length + length;
  const batch = new Int32Array(distinct.parts.length * total);
  const positions: number[] = [];
  distinct.parts.forEach(({ trajectory, slots }, b) => {
    batch.set(prefix, b * total);
    batch.set(tokenIds.subarray(trajectory * length, (trajectory + 1) * length), b * total + prefix.length);
    for (const slot of slots) positions.push(b * total + prefix.length + slot);
  });
  const logits = await denoiser.logits({
    tokenIds: batch,
    batch: distinct.parts.length,
    length: total,
    positions: Int32Array.from(positions),
    signal,
  });
  const { size } = denoiser.vocabulary;
  prepareLogits(logits, distinct.parts, request);
  return distinct.parts.length === parts.length ? logits : spread(logits, size, distinct, parts);
};

/** Checks a denoiser's logits at the slots of `parts`, and excludes tokens that must never be drawn. */
export const prepareLogits = (
  logits: Float32Array,
  parts: readonly PredictedRows[],
  place: Pick<PredictRequest, 'denoiser' | 'prompt' | 'step'>,
): void => {
  const { denoiser } = place;
  const { size } = denoiser.vocabulary;
  const rows = parts.reduce((sum, { slots }) => sum + slots.length, 0);
  if (logits.length !== rows * size) {
    throw new InvalidArgumentError(
      `Denoiser '${denoiser.name}': expected ${rows} · ${size} logits, got ${logits.length}.`,
      { value: logits.length },
    );
  }
  checkLogits(logits, size, parts, place);
  exclude(logits, denoiser.vocabulary);
};

interface Distinct<Part> {
  /** The first of each group of equal responses. */
  readonly parts: readonly Part[];
  /** For each part, the place of its group's first. */
  readonly group: readonly number[];
}

export const distinctResponses = <Part extends { readonly trajectory: number }>(
  { tokenIds, length, skipRedundant }: Pick<PredictRequest, 'tokenIds' | 'length' | 'skipRedundant'>,
  parts: readonly Part[],
): Distinct<Part> => {
  if (!skipRedundant) return { parts, group: [...parts.keys()] };
  const places = new Map<string, number>();
  const firsts: Part[] = [];
  const group = parts.map((part) => {
    const key = tokenIds.subarray(part.trajectory * length, (part.trajectory + 1) * length).join();
    const place = places.get(key) ?? firsts.push(part) - 1;
    places.set(key, place);
    return place;
  });
  return { parts: firsts, group };
};

/** Copies the rows of each group to all its members. */
const spread = (
  logits: Float32Array,
  size: number,
  { parts: firsts, group }: Distinct<PredictedRows>,
  parts: readonly PredictedRows[],
): Float32Array => {
  const starts: number[] = [];
  let rows = 0;
  for (const { slots } of firsts) {
    starts.push(rows * size);
    rows += slots.length;
  }
  const out = new Float32Array(parts.reduce((sum, { slots }) => sum + slots.length, 0) * size);
  let at = 0;
  parts.forEach(({ slots }, i) => {
    const start = starts[group[i]!]!;
    out.set(logits.subarray(start, start + slots.length * size), at);
    at += slots.length * size;
  });
  return out;
};

/** Sets the logits of the mask token and of padding rows to −∞: the one place where tokens are excluded. */
const exclude = (logits: Float32Array, { size, tokens, maskId }: Vocabulary): void => {
  for (let id = 0; id < size; id++) {
    if (id !== maskId && tokens[id] !== undefined) continue;
    for (let i = id; i < logits.length; i += size) logits[i] = Number.NEGATIVE_INFINITY;
  }
};

const checkLogits = (
  logits: Float32Array,
  size: number,
  parts: readonly PredictedRows[],
  { denoiser, prompt, step }: Pick<PredictRequest, 'denoiser' | 'prompt' | 'step'>,
): void => {
  const at = firstNotFinite(logits, Number.NEGATIVE_INFINITY);
  if (at < 0) return;
  const places = parts.flatMap(({ trajectory, slots }) =>
    Array.from(slots, (slot) => `trajectory ${trajectory}, position ${slot}`),
  );
  throw new NumericalError(
    `Denoiser '${denoiser.name}', prompt ${prompt}, step ${step}, ${places[Math.floor(at / size)]}: ` +
      `expected finite logits, got ${logits[at]}.`,
    { value: logits[at], cure: 'Check the checkpoint and its precision.' },
  );
};
