import {
  type CommittedToken,
  type GuidanceContext,
  type GuidanceResult,
  hashTokens,
  type RandomStreamKey,
  randomStream,
  type SampleEvent,
  selectCandidates,
} from '@entrgi/core';
import { blockCache } from './block-cache.js';
import { commitTokens } from './commit-tokens.js';
import { completeResponses } from './complete-responses.js';
import { promptEndEvent, stepEvent } from './events.js';
import type { MaskedRows } from './masked-rows.js';
import { planStep } from './plan-step.js';
import { predict } from './predict.js';
import { resolveOptions, type SampleOptions, type SampleSettings } from './sample-options.js';

/**
 * Fills in the responses to some prompts, step by step, and reports each step and each finished prompt. A prompt's result depends on the
 * seed and on the prompt, not on the other prompts. Throws InvalidArgumentError at once for options that cannot work; while iterating,
 * NumericalError for a NaN, and the signal's reason when aborted (between steps).
 */
export const sample = (options: SampleOptions): AsyncGenerator<SampleEvent, void, undefined> =>
  samplePrompts(resolveOptions(options));

async function* samplePrompts(settings: SampleSettings): AsyncGenerator<SampleEvent, void, undefined> {
  // One prompt at a time: its trajectories are equally long, so that nothing is padded and nothing rounds differently.
  for (const [index, { prompt, tokenIds }] of settings.prompts.entries()) {
    settings.signal?.throwIfAborted();
    const start = performance.now();
    const guidance = await settings.guidance?.open({
      prompt,
      vocabulary: settings.denoiser.vocabulary,
      length: settings.length,
    });
    try {
      yield* denoise(settings, index, tokenIds, guidance, performance.now() - start);
    } finally {
      await guidance?.dispose();
    }
  }
}

async function* denoise(
  settings: SampleSettings,
  prompt: number,
  prefix: Int32Array,
  guidance: GuidanceContext | undefined,
  openingMs: number,
): AsyncGenerator<SampleEvent, void, undefined> {
  const { denoiser, trajectories, steps, length, seed, skipRedundant, signal } = settings;
  const tokenIds = new Int32Array(trajectories * length).fill(settings.maskId);
  const total = { totalMs: openingMs, denoiserMs: 0, guidanceMs: 0, rewardMs: 0 };
  const promptHash = hashTokens(prefix);
  const candidates = {
    temperature: settings.temperature,
    maxMovement: settings.guidance?.maxMovement ?? 0,
    tolerance: settings.vocabularyTolerance,
  };
  const predictRows = settings.cacheBlocks ? blockCache(settings) : predict;

  for (let step = 1; step <= steps; step++) {
    signal?.throwIfAborted();
    const stream = (trajectory: number, purpose: RandomStreamKey['purpose'], guidanceStep?: number) =>
      randomStream({ seed, prompt: promptHash, trajectory, step, purpose, guidanceStep });
    const start = performance.now();
    const orderStreams = Array.from({ length: trajectories }, (_, k) => stream(k, 'order'));
    const parts = planStep(settings, step, tokenIds, orderStreams);
    let committed: CommittedToken[] = [];
    let guided: GuidanceResult | undefined;
    let denoiserMs = 0;
    let guidanceMs = 0;
    if (parts.length > 0) {
      const place = { prompt, step, signal };
      const all = await predictRows({ denoiser, prefix, tokenIds, length, skipRedundant, parts, ...place });
      const logits = selectCandidates(all, denoiser.vocabulary.size, candidates);
      denoiserMs = performance.now() - start;
      guided = await guidance?.optimise({
        step,
        ...together(tokenIds, length, parts),
        logits,
        temperature: settings.temperature,
        filters: settings.filters,
        random: (k, guidanceStep) => stream(parts[k]!.trajectory, 'guidance', guidanceStep),
        signal,
      });
      guidanceMs = performance.now() - start - denoiserMs;
      committed = commitTokens(settings, {
        parts,
        initialLogits: logits,
        optimisedLogits: guided?.logits ?? logits,
        tokenStream: (k) => stream(k, 'token'),
        orderStream: (k) => orderStreams[k]!,
      });
      for (const { trajectory, position, tokenId } of committed) {
        tokenIds[trajectory * length + position] = tokenId;
      }
      if (settings.stopAtEnd) {
        const worked = parts.map(({ trajectory }) => trajectory);
        committed.push(...completeResponses(settings, tokenIds, worked));
      }
    }
    const rewardMs = guided?.rewardMs ?? 0;
    const timings = { totalMs: performance.now() - start, denoiserMs, guidanceMs, rewardMs };
    total.totalMs += timings.totalMs;
    total.denoiserMs += denoiserMs;
    total.guidanceMs += guidanceMs;
    total.rewardMs += rewardMs;
    yield stepEvent(settings, { prompt, step, tokenIds, committed, parts, guided, timings });
  }
  yield promptEndEvent(settings, prompt, tokenIds, { ...total, steps });
}

/** The responses that take part, and their masked slots, as one batch. */
const together = (tokenIds: Int32Array, length: number, parts: readonly MaskedRows[]) => {
  const batch = new Int32Array(parts.length * length);
  const rows: number[] = [];
  parts.forEach(({ trajectory, slots }, k) => {
    batch.set(tokenIds.subarray(trajectory * length, (trajectory + 1) * length), k * length);
    for (const slot of slots) rows.push(k * length + slot);
  });
  return { trajectories: parts.length, tokenIds: batch, rows: Int32Array.from(rows) };
};
