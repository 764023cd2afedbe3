import {
  type Denoiser,
  type DenoiserRequest,
  InvalidArgumentError,
  NumericalError,
  nextTurn,
  turnIsDue,
  type Vocabulary,
} from '@entrgi/core';
import { firstNotFinite } from '@entrgi/core/internal';
import type { PredictedRows } from '../rows/masked-rows.js';
import type { DenoiserNetwork } from './denoiser-network.js';

export interface PredictRequest {
  /** What is predicted for. */
  readonly denoiser: Pick<Denoiser, 'name' | 'vocabulary'>;
  /** What computes it. */
  readonly network: DenoiserNetwork;
  /** Token ids of the prompt. */
  readonly prefix: Int32Array;
  /** Responses of all trajectories, shape [trajectories, length]. */
  readonly tokenIds: Int32Array;
  readonly length: number;
  /** The first slot at which a response may end. */
  readonly endsFrom: number;
  /** Whether equal responses go through the denoiser once. */
  readonly skipRedundant: boolean;
  /** Trajectories to predict. */
  readonly parts: readonly PredictedRows[];
  /** What errors call the place. */
  readonly prompt: number;
  readonly step: number;
  readonly signal: AbortSignal | undefined;
}

/** The denoiser's logits for some responses, of which equal ones have theirs once. */
export interface Prediction {
  /** Shape [distinct rows, vocabulary], −∞ for tokens that must never be drawn. */
  readonly logits: Float32Array;
  /** Row of `logits` for each masked slot of the parts, one part after the other. */
  readonly sources: Int32Array;
}

/**
 * The denoiser's logits at the masked slots of `parts`. Equal responses (in the first step: all) go through
 * the denoiser once, unless that is switched off.
 * @throws NumericalError for a NaN or +∞, and where no token may be drawn
 */
export const predict = async (request: PredictRequest): Promise<Prediction> => {
  const { asked, distinct } = wholeRequest(request);
  const logits = await request.network.logits(asked);
  await prepareLogits(logits, distinct.parts, request);
  return { logits, sources: sourceRows(distinct, request.parts) };
};

/** What a denoiser is asked for, and for which responses: of equal ones, for the first. */
export const wholeRequest = (
  request: Pick<PredictRequest, 'prefix' | 'tokenIds' | 'length' | 'skipRedundant' | 'parts' | 'signal'>,
): { readonly asked: DenoiserRequest; readonly distinct: Distinct<PredictedRows> } => {
  const { prefix, tokenIds, length, signal } = request;
  const distinct = distinctResponses(request, request.parts);
  const total = prefix.length + length;
  const batch = new Int32Array(distinct.parts.length * total);
  const positions: number[] = [];
  distinct.parts.forEach(({ trajectory, slots }, b) => {
    batch.set(prefix, b * total);
    batch.set(tokenIds.subarray(trajectory * length, (trajectory + 1) * length), b * total + prefix.length);
    for (const slot of slots) positions.push(b * total + prefix.length + slot);
  });
  const asked = {
    tokenIds: batch,
    batch: distinct.parts.length,
    length: total,
    positions: Int32Array.from(positions),
    promptLength: prefix.length,
    signal,
  };
  return { asked, distinct };
};

/**
 * Checks a denoiser's logits at the slots of `parts`, and excludes tokens that must never be drawn: the one
 * place where that is done.
 */
export const prepareLogits = async (
  logits: Float32Array,
  parts: readonly PredictedRows[],
  {
    denoiser,
    endsFrom,
    prompt,
    step,
    signal,
  }: Omit<PredictRequest, 'network' | 'prefix' | 'tokenIds' | 'length' | 'skipRedundant' | 'parts'>,
): Promise<void> => {
  const { size } = denoiser.vocabulary;
  const rows = parts.reduce((sum, { slots }) => sum + slots.length, 0);
  if (!(logits instanceof Float32Array) || logits.length !== rows * size) {
    throw new InvalidArgumentError(
      `Denoiser '${denoiser.name}': expected ${rows} · ${size} logits, got ${(logits as { length?: number } | undefined)?.length}.`,
      { value: (logits as { length?: number } | undefined)?.length },
    );
  }
  const excluded = excludedTokens(denoiser.vocabulary);
  let row = 0;
  for (const { trajectory, slots } of parts) {
    for (const slot of slots) {
      const own = logits.subarray(row * size, (row + 1) * size);
      const refuse = (expected: string, value: number) =>
        new NumericalError(
          `Denoiser '${denoiser.name}', prompt ${prompt}, step ${step}, trajectory ${trajectory}, position ${slot}: ` +
            `expected ${expected}, got ${value}.`,
          { value, hint: 'Check the checkpoint and its precision.' },
        );
      const at = firstNotFinite(own, Number.NEGATIVE_INFINITY);
      if (at >= 0) throw refuse('finite logits', own[at]!);
      for (const id of excluded) own[id] = Number.NEGATIVE_INFINITY;
      if (slot < endsFrom) for (const id of denoiser.vocabulary.endIds) own[id] = Number.NEGATIVE_INFINITY;
      if (!own.some(Number.isFinite)) throw refuse('a finite logit of a token that may be drawn', own[0]!);
      row++;
      if (turnIsDue()) await nextTurn(signal);
    }
  }
};

export interface Distinct<Part> {
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

/** The rows of each group's first, for all its members. */
export const sourceRows = (
  { parts: firsts, group }: Distinct<PredictedRows>,
  parts: readonly PredictedRows[],
): Int32Array => {
  const starts: number[] = [];
  let rows = 0;
  for (const { slots } of firsts) {
    starts.push(rows);
    rows += slots.length;
  }
  return Int32Array.from(
    parts.flatMap(({ slots }, i) => Array.from(slots, (_, row) => starts[group[i]!]! + row)),
  );
};

/** The mask token and padding rows. */
export const excludedTokens = ({ size, tokens, maskId }: Vocabulary): number[] => {
  const ids: number[] = [];
  for (let id = 0; id < size; id++) if (id === maskId || tokens[id] === undefined) ids.push(id);
  return ids;
};
