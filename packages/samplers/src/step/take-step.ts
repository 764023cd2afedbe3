import type {
  CommittedToken,
  GuidanceContext,
  GuidanceResult,
  RandomStream,
  RandomStreamKey,
  RowLogits,
} from '@entrgi/core';
import { keepMostProbable, relaxedTemperature } from '@entrgi/core/internal';
import type { DenoiserNetwork } from '../prediction/denoiser-network.js';
import type { Prediction, PredictRequest } from '../prediction/predict.js';
import { initialRows } from '../rows/initial-rows.js';
import type { MaskedRows } from '../rows/masked-rows.js';
import { repeatRows } from '../rows/repeat-rows.js';
import { selectCandidates } from '../rows/select-candidates.js';
import type { SampleSettings } from '../settings/sample-settings.js';
import { checkEditedLogits } from './check-edits.js';
import { type Commitment, commitTokens } from './commit-tokens.js';
import { completeResponses } from './complete-responses.js';
import { drawDrafts } from './draw-drafts.js';
import { dividedPrediction, type EditableRows, type SettledBlocks } from './edit-tokens.js';
import { stepInBlock } from './reveal-probability.js';

/** The random stream of a trajectory in one step. */
export type StepStream = (
  trajectory: number,
  purpose: RandomStreamKey['purpose'],
  guidanceStep?: number,
) => RandomStream;

export interface StepRequest {
  readonly prompt: number;
  readonly step: number;
  readonly prefix: Int32Array;
  /** Responses of all trajectories, shape [trajectories, length]; written to. */
  readonly tokenIds: Int32Array;
  readonly parts: readonly MaskedRows[];
  /** The same with what may be edited; none where nothing is. */
  readonly editable: readonly EditableRows[];
  /** Written to. */
  readonly settled: SettledBlocks;
  readonly network: DenoiserNetwork;
  readonly predictRows: (
    request: PredictRequest & { readonly parts: readonly MaskedRows[]; readonly block: number },
  ) => Promise<Prediction>;
  readonly guidance: GuidanceContext | undefined;
  readonly stream: StepStream;
  readonly orderStream: (trajectory: number) => RandomStream;
}

/**
 * What a step leaves: nothing as large as the vocabulary, so that no step's logits are held during the next
 * one.
 */
export interface StepWork {
  readonly committed: readonly CommittedToken[];
  /** Those of them that were drawn. */
  readonly drawn: readonly Commitment[];
  /** What the strategy that steers is shown. */
  readonly drafts: readonly Int32Array[];
  readonly guided: Omit<GuidanceResult, 'logits'> | undefined;
  readonly denoiserMs: number;
  readonly guidanceMs: number;
}

/** One step that commits something: predicts, guides, draws and commits. */
export const takeStep = async (settings: SampleSettings, request: StepRequest): Promise<StepWork> => {
  const { length, temperature, filters, signal, confidenceThreshold, edit, steering } = settings;
  const { prompt, step, tokenIds, parts, stream, orderStream } = request;
  // What follows is not written before the block is, and has no part in a reward.
  const { block } = stepInBlock(settings, step);
  const visible = settings.predictsAll ? length : settings.blocks[block]!.to;
  const guidance = parts.length > 0 && isGuided(settings, step) ? request.guidance : undefined;
  const start = performance.now();
  const { logits, edits } = await predictedRows(settings, request);
  const denoiserMs = performance.now() - start;
  const initial = initialRows(logits, relaxedTemperature(temperature), confidenceThreshold);
  let guided: GuidanceResult | undefined;
  if (guidance !== undefined || edit?.logits !== undefined) {
    let first = 0;
    for (const part of parts) {
      await initial.settle(first + part.first, first + part.first + part.rows, signal);
      first += part.slots.length;
    }
  }
  // At temperature 0 nothing is drawn, and no token is likelier than another.
  const isCompared = guidance !== undefined && steering !== undefined && temperature > 0;
  const unguided = isCompared ? { ...logits, values: logits.values.slice() } : undefined;
  if (guidance !== undefined) {
    guided = await guidance.optimize({
      step,
      ...together(tokenIds, length, parts, visible),
      logits,
      temperature,
      filters,
      random: (k, guidanceStep) => stream(parts[k]!.trajectory, 'guidance', guidanceStep),
      signal,
    });
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
  const drawn = await commitTokens(settings, {
    parts,
    initial,
    logits: optimized,
    unguided,
    prompt,
    step,
    tokenStream: (k) => stream(k, 'token'),
    orderStream,
  });
  const committed: CommittedToken[] = drawn.map(({ trajectory, position, tokenId }) => ({
    trajectory,
    position,
    tokenId,
  }));
  for (const { trajectory, position, tokenId } of [...committed, ...edits]) {
    tokenIds[trajectory * length + position] = tokenId;
  }
  for (const { trajectory } of request.editable) {
    const changes = [...parts, ...edits].some((each) => each.trajectory === trajectory);
    if (!changes) request.settled.set(trajectory, block);
  }
  if (settings.stopAtEnd) {
    const worked = parts.map(({ trajectory }) => trajectory);
    committed.push(...completeResponses(settings, tokenIds, worked));
  }
  const drafts = steering?.looksAt(step)
    ? await drawDrafts(settings, {
        tokenIds,
        parts,
        logits: optimized,
        drafts: steering.drafts,
        stream: (k, draft) => stream(k, 'draft', draft),
      })
    : [];
  return {
    committed,
    drawn,
    drafts,
    guided: guided && {
      rewards: guided.rewards,
      weights: guided.weights,
      rewardMs: guided.rewardMs,
      rewardPasses: guided.rewardPasses,
    },
    denoiserMs,
    guidanceMs,
  };
};

/** Whether guidance takes part in a step. */
const isGuided = (
  { guidanceEvery, guidanceFrom, guidanceUntil, steps }: SampleSettings,
  step: number,
): boolean => {
  const progress = (step - 1) / steps;
  return progress >= guidanceFrom && progress < guidanceUntil && (step - 1) % guidanceEvery === 0;
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

/** The visible beginnings of the responses that take part, and their masked slots, as one batch. */
const together = (tokenIds: Int32Array, length: number, parts: readonly MaskedRows[], visible: number) => {
  const batch = new Int32Array(parts.length * visible);
  const rows: number[] = [];
  parts.forEach(({ trajectory, slots }, k) => {
    batch.set(tokenIds.subarray(trajectory * length, trajectory * length + visible), k * visible);
    for (const slot of slots) rows.push(k * visible + slot);
  });
  return { trajectories: parts.length, tokenIds: batch, rows: Int32Array.from(rows) };
};
