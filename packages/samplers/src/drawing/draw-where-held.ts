import type { GuidanceContext, KeptNetwork } from '@entrgi/core';
import { inversion } from '../draws/inversion.js';
import { excludedTokens, sourceRows, wholeRequest } from '../prediction/predict.js';
import { heldRows } from '../rows/held-rows.js';
import type { SampleSettings } from '../settings/sample-settings.js';
import { commitTokens } from './commit-tokens.js';
import type { DrawnStep } from './draw-from-rows.js';
import { guidedResponses } from './guided-responses.js';
import type { StepRequest } from './step-request.js';

/** Who computes the logits, and who guides them, on the same device. */
export interface HeldMeans {
  readonly kept: KeptNetwork;
  readonly held: NonNullable<GuidanceContext['held']>;
}

/** Of steps that need no row of logits: where they may stay. Undefined where rows are needed. */
export const heldMeans = (
  settings: SampleSettings,
  { network: { kept }, editable }: StepRequest,
  { held }: GuidanceContext,
): HeldMeans | undefined => {
  const { order, draw, filters, edit, steering, confidenceThreshold, cacheBlocks } = settings;
  if (held === undefined || kept?.backend !== held.backend || !held.knows(filters)) return undefined;
  const readsRows =
    (order.blind !== true && order.readsRows !== false) ||
    draw !== inversion ||
    edit?.logits !== undefined ||
    steering !== undefined ||
    confidenceThreshold !== undefined ||
    editable.length > 0 ||
    cacheBlocks;
  return readsRows ? undefined : { kept, held };
};

/** A step whose logits stay on a device: a few numbers for each row come from there. */
export const drawWhereHeld = async (
  settings: SampleSettings,
  request: StepRequest,
  { kept, held }: HeldMeans,
): Promise<DrawnStep> => {
  const { denoiser, temperature, endsFrom } = settings;
  const { parts, stream, orderStream } = request;
  const { vocabulary } = denoiser;
  const start = performance.now();
  const { asked, distinct } = wholeRequest({ ...settings, ...request });
  const tensor = await kept.logits(asked);
  const denoiserMs = performance.now() - start;
  try {
    const excluded = new Uint8Array(2 * vocabulary.size);
    const never = excludedTokens(vocabulary);
    for (const id of [...never, ...never.map((each) => vocabulary.size + each)]) excluded[id] = 1;
    for (const id of vocabulary.endIds) excluded[vocabulary.size + id] = 1;
    const slots = parts.flatMap((part) => [...part.slots]);
    const result = await held.draw({
      ...guidedResponses(settings, request),
      logits: {
        size: vocabulary.size,
        tensor,
        sources: sourceRows(distinct, parts),
        excluded,
        // Where a response may not end yet, its end tokens are excluded too.
        kinds: Int32Array.from(slots, (slot) => (slot < endsFrom ? 1 : 0)),
      },
      uniforms: Float64Array.from(
        parts.flatMap(({ trajectory, slots, first, rows }) => {
          const random = stream(trajectory, 'token');
          const isDrawn = (row: number) => temperature > 0 && row >= first && row < first + rows;
          return Array.from(slots, (_, row) => (isDrawn(row) ? random.uniform() : 0));
        }),
      ),
    });
    const guidanceMs = performance.now() - start - denoiserMs;
    const drawn = await commitTokens(settings, {
      parts,
      rowsOf: (_, firstRow) => heldRows(result.drawn, firstRow),
      tokenStream: (k) => stream(k, 'token'),
      orderStream,
    });
    return { drawn, edits: [], logits: undefined, guided: result, denoiserMs, guidanceMs };
  } finally {
    await tensor.dispose();
  }
};
