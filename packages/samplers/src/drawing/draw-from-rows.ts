import {
  type CommittedToken,
  type GuidanceContext,
  type GuidanceResult,
  InvalidArgumentError,
  type RowLogits,
} from '@entrgi/core';
import { keepMostProbable, relaxedTemperature } from '@entrgi/core/internal';
import { rowDistributions } from '../rows/draw-rows.js';
import { initialRows } from '../rows/initial-rows.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import { repeatRows } from '../rows/repeat-rows.js';
import { selectCandidates } from '../rows/select-candidates.js';
import { stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';
import { checkEditedLogits } from './check-edits.js';
import { type Commitment, commitTokens } from './commit-tokens.js';
import { dividedPrediction } from './edit-tokens.js';
import { guidedResponses } from './guided-responses.js';
import type { StepRequest } from './step-request.js';

/** What a step drew, and from what. */
export interface DrawnStep {
  readonly drawn: readonly Commitment[];
  /** Written tokens that are to be others. */
  readonly edits: readonly CommittedToken[];
  /** Optimized logits of all rows; undefined where nobody has them. */
  readonly logits: RowLogits | undefined;
  readonly guided: Omit<GuidanceResult, 'logits'> | undefined;
  readonly denoiserMs: number;
  readonly guidanceMs: number;
}

/** A step whose rows of logits are all here. */
export const drawFromRows = async (
  settings: SampleSettings,
  request: StepRequest,
  guidance: GuidanceContext | undefined,
): Promise<DrawnStep> => {
  const { length, temperature, filters, signal, confidenceThreshold, edit, steering } = settings;
  const { draw: drawFrom } = settings;
  const { prompt, step, tokenIds, parts, stream, orderStream } = request;
  const start = performance.now();
  const { logits, edits } = await predictedRows(settings, request);
  const denoiserMs = performance.now() - start;
  const initial = initialRows(logits, relaxedTemperature(temperature), confidenceThreshold);
  let guided: GuidanceResult | undefined;
  const isGiven = guidance?.givesEntropies === true;
  if (guidance !== undefined || edit?.logits !== undefined) {
    let first = 0;
    for (const part of parts) {
      await initial.settle(first + part.first, first + part.first + part.rows, isGiven, signal);
      first += part.slots.length;
    }
  }
  // At temperature 0 nothing is drawn, and no token is likelier than another.
  const isCompared = guidance !== undefined && steering !== undefined && temperature > 0;
  const unguided = isCompared ? { ...logits, values: logits.values.slice() } : undefined;
  if (guidance !== undefined) {
    guided = await guidance.optimize({ ...guidedResponses(settings, request), logits });
    if (isGiven && guided.entropies === undefined) {
      throw new InvalidArgumentError('guidance: expected entropies, as it says givesEntropies, got none.', {
        value: guided.entropies,
        hint: 'Hand on what the guidance within returns, or leave givesEntropies out.',
      });
    }
  }
  const guidanceMs = performance.now() - start - denoiserMs;
  const optimized = guided?.logits ?? logits;
  if (edit?.logits !== undefined) {
    const { steps, trajectories } = settings;
    const place = { prompt, step, steps, trajectories, length };
    const rows = Int32Array.from(
      parts.flatMap(({ trajectory, slots }) => Array.from(slots, (slot) => trajectory * length + slot)),
    );
    await edit.logits({ ...place, tokenIds: tokenIds.slice(), rows, logits: optimized });
    checkEditedLogits(optimized, step);
  }
  const rowsOf = ({ trajectory, slots, first }: MaskedRows, firstRow: number) => {
    const placeOf = (row: number) =>
      `Prompt ${prompt}, step ${step}, trajectory ${trajectory}, position ${slots[first + row]}`;
    const shared = { firstRow, temperature, filters, drawFrom, placeOf };
    const rows = rowDistributions({ ...shared, logits: optimized });
    const before = unguided && rowDistributions({ ...shared, logits: unguided });
    return {
      ...rows,
      initialEntropy: (row: number) =>
        isGiven ? guided!.entropies![firstRow + row]! : initial.entropy(firstRow + row),
      isSure: (row: number, place: number) => initial.isSure(firstRow + row, place),
      logRatio: (row: number, place: number) =>
        before === undefined
          ? 0
          : Math.log(before.probability(row, place)) - Math.log(rows.probability(row, place)),
    };
  };
  const tokenStream = (k: number) => stream(k, 'token');
  const drawn = await commitTokens(settings, { parts, rowsOf, tokenStream, orderStream });
  return { drawn, edits, logits: optimized, guided, denoiserMs, guidanceMs };
};

/**
 * The denoiser's logits of the parts' rows. A function of its own, so that what it made them from is held no
 * longer.
 */
const predictedRows = async (
  settings: SampleSettings,
  { prompt, step, prefix, tokenIds, parts, editable, network, predictRows }: StepRequest,
): Promise<{ readonly logits: RowLogits; readonly edits: readonly CommittedToken[] }> => {
  const { denoiser, length, endsFrom, temperature, filters, signal, skipRedundant } = settings;
  const { guidance, vocabularyTolerance } = settings;
  const { block } = stepInBlock(settings, step);
  const asked = {
    denoiser,
    network,
    prefix,
    tokenIds,
    length,
    endsFrom,
    skipRedundant,
    parts,
    prompt,
    step,
    signal,
  };
  const all = await predictRows({ ...asked, block, ...(editable.length === 0 ? {} : { parts: editable }) });
  const { masked, edits } =
    editable.length === 0 ? { masked: all, edits: [] } : dividedPrediction(settings, editable, tokenIds, all);
  const { logits, sources } = masked;
  // Candidates of equal responses are found once, and copied instead of their logits.
  const distinct = await selectCandidates(logits, denoiser.vocabulary.size, {
    temperature,
    maxMovement: guidance?.maxMovement ?? 0,
    // What other filters keep may lie among the improbable tokens.
    tolerance: keepMostProbable(filters) ? vocabularyTolerance : 0,
    signal,
  });
  return { logits: await repeatRows(distinct, sources, signal), edits };
};
