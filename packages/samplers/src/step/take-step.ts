import type { CommittedToken, GuidanceResult } from '@entrgi/core';
import type { Commitment } from '../drawing/commit-tokens.js';
import { drawDrafts } from '../drawing/draw-drafts.js';
import { drawFromRows } from '../drawing/draw-from-rows.js';
import { drawWhereHeld, heldMeans } from '../drawing/draw-where-held.js';
import type { StepRequest } from '../drawing/step-request.js';
import { stepInBlock } from '../settings/reveal-probability.js';
import type { SampleSettings } from '../settings/sample-settings.js';
import { completeResponses } from './complete-responses.js';

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
  const { length, steering } = settings;
  const { step, tokenIds, parts, stream } = request;
  const { block } = stepInBlock(settings, step);
  const guidance = parts.length > 0 && isGuided(settings, step) ? request.guidance : undefined;
  const held = guidance && heldMeans(settings, request, guidance);
  const { drawn, edits, logits, guided, denoiserMs, guidanceMs } =
    held === undefined
      ? await drawFromRows(settings, request, guidance)
      : await drawWhereHeld(settings, request, held);
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
  const drafts =
    logits !== undefined && steering?.looksAt(step)
      ? await drawDrafts(settings, {
          tokenIds,
          parts,
          logits,
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
