import {
  type GuidanceContext,
  hashTokens,
  nextTurn,
  randomStream,
  type SampleEvent,
  turnIsDue,
} from '@entrgi/core';
import { checkEditedTokens } from './drawing/check-edits.js';
import { type SettledBlocks, withWritten } from './drawing/edit-tokens.js';
import type { StepStream } from './drawing/step-request.js';
import type { SampleOptions } from './options/sample-options.js';
import { blockCache } from './prediction/block-cache.js';
import { classifierFree } from './prediction/classifier-free.js';
import { countPasses, type DenoiserNetwork } from './prediction/denoiser-network.js';
import { predict } from './prediction/predict.js';
import { resolveOptions } from './settings/resolve-options.js';
import { responseBlocks } from './settings/response-blocks.js';
import type { RunSettings, SampleSettings } from './settings/sample-settings.js';
import type { Steering } from './settings/steering.js';
import { changedTokens } from './step/changed-tokens.js';
import { promptEndEvent, stepEvent } from './step/events.js';
import { nextWorkingStep } from './step/next-working-step.js';
import { planStep } from './step/plan-step.js';
import { remaskTokens } from './step/remask-tokens.js';
import { type StepWork, takeStep } from './step/take-step.js';
import { trajectoryStates } from './step/trajectory-states.js';

/**
 * The longest run of steps that reveal nothing of which each is reported; of a longer one, only the last is.
 */
const LONGEST_REPORTED = 10_000;

/**
 * Fills in the responses to some prompts, step by step, and reports each step and each finished prompt. A
 * prompt's result depends on the seed and on the prompt, not on the other prompts.
 * @throws InvalidArgumentError at once for options that cannot work; while iterating, NumericalError for a
 *   NaN, and the signal's reason when aborted (between runs of a model, which cannot be interrupted)
 */
export const sample = (options: SampleOptions): AsyncGenerator<SampleEvent, void, undefined> =>
  samplePrompts(resolveOptions(options));

/**
 * The same, steered between steps. Behind the current block of a denoiser whose tokens see no later one,
 * nothing is guessed, nor rated.
 */
export const steered = (
  options: SampleOptions,
  steering: Steering,
): AsyncGenerator<SampleEvent, void, undefined> => {
  const run = resolveOptions(options);
  return samplePrompts({ ...run, steering, predictsAll: run.denoiser.blockAttention === undefined });
};

async function* samplePrompts(run: RunSettings): AsyncGenerator<SampleEvent, void, undefined> {
  // One prompt at a time: its trajectories are equally long, so that nothing is padded and nothing rounds differently.
  for (const [index, { prompt, tokenIds }] of run.prompts.entries()) {
    const settings = settingsOfPrompt(run, tokenIds.length);
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

/** What depends on where the response begins. Each block has an equal share of the steps, rounded up. */
const settingsOfPrompt = (run: RunSettings, promptLength: number): SampleSettings => {
  const { length, blockLength, denoiser, steps } = run;
  const { blockAttention: attention } = denoiser;
  const blocks = responseBlocks({ length, blockLength, promptLength, attention });
  return { ...run, blocks, steps: Math.ceil(steps / blocks.length) * blocks.length };
};

async function* denoise(
  settings: SampleSettings,
  prompt: number,
  prefix: Int32Array,
  guidance: GuidanceContext | undefined,
  openingMs: number,
): AsyncGenerator<SampleEvent, void, undefined> {
  const {
    trajectories,
    steps,
    length,
    seed,
    signal,
    firstTrajectory,
    remasking,
    edit,
    steering,
    editThreshold,
  } = settings;
  const mayChange =
    remasking !== undefined ||
    edit?.tokens !== undefined ||
    steering !== undefined ||
    editThreshold !== undefined;
  const tokenIds = new Int32Array(trajectories * length);
  for (let k = 0; k < trajectories; k++) tokenIds.set(settings.given, k * length);
  const probabilities = new Float64Array(remasking === undefined ? 0 : tokenIds.length);
  const logRatios = new Float64Array(trajectories);
  const total = { totalMs: openingMs, denoiserMs: 0, guidanceMs: 0, rewardMs: 0 };
  const counted = countPasses(settings.denoiser);
  const network = conditioned(settings, counted, prefix.length);
  let rewardPasses = 0;
  const settled: SettledBlocks = new Map();
  const promptHash = hashTokens(prefix);
  const freshPredictor = () => (settings.cacheBlocks ? blockCache(settings) : predict);
  let predictRows = freshPredictor();

  for (let step = 1; step <= steps; step++) {
    signal?.throwIfAborted();
    if (turnIsDue()) await nextTurn(signal);
    if (steps > LONGEST_REPORTED) {
      const working = nextWorkingStep(settings, step, tokenIds);
      if (working - step > LONGEST_REPORTED) step = working - 1;
    }
    const stream: StepStream = (trajectory, purpose, guidanceStep) => {
      const key = { seed, prompt: promptHash, trajectory: firstTrajectory + trajectory, step };
      return randomStream({ ...key, purpose, guidanceStep });
    };
    const start = performance.now();
    const before = mayChange ? tokenIds.slice() : tokenIds;
    const orderStreams = Array.from({ length: trajectories }, (_, k) => stream(k, 'order'));
    const parts = planStep(settings, step, tokenIds, orderStreams);
    const editable =
      editThreshold === undefined ? [] : withWritten(settings, { step, tokenIds, parts, settled });
    const work =
      parts.length === 0 && editable.length === 0
        ? idle
        : await takeStep(settings, {
            prompt,
            step,
            prefix,
            tokenIds,
            parts,
            editable,
            settled,
            network,
            predictRows,
            guidance,
            stream,
            orderStream: (k) => orderStreams[k]!,
          });
    const { denoiserMs, guidanceMs, guided, committed } = work;
    for (const { trajectory, position, probability, logRatio } of work.drawn) {
      if (remasking !== undefined) probabilities[trajectory * length + position] = probability;
      logRatios[trajectory]! += logRatio;
    }
    if (remasking !== undefined) {
      const ofTrajectory = (k: number) => stream(k, 'remask');
      remaskTokens(settings, { step, before, tokenIds, probabilities, stream: ofTrajectory });
    }
    if (edit?.tokens !== undefined) {
      await edit.tokens({ prompt, step, steps, trajectories, length, tokenIds });
      checkEditedTokens(settings, tokenIds, step);
      predictRows = freshPredictor();
    }
    if (steering?.looksAt(step)) {
      await steering.look({
        step,
        drafts: work.drafts.length > 0 ? work.drafts : [tokenIds.slice()],
        logRatios: logRatios.slice(),
        random: stream(0, 'resample'),
        ...trajectoryStates(tokenIds, probabilities, trajectories),
      });
      logRatios.fill(0);
      predictRows = freshPredictor();
    }
    const changed = mayChange ? changedTokens(before, tokenIds, committed, length) : [];
    const rewardMs = guided?.rewardMs ?? 0;
    // Of guidance that does not say, each is a score with its gradient: forward and backward.
    rewardPasses +=
      guided?.rewardPasses ?? 2 * (guided?.rewards ?? []).reduce((sum, { length }) => sum + length, 0);
    const timings = { totalMs: performance.now() - start, denoiserMs, guidanceMs, rewardMs };
    total.totalMs += timings.totalMs;
    total.denoiserMs += denoiserMs;
    total.guidanceMs += guidanceMs;
    total.rewardMs += rewardMs;
    yield stepEvent(settings, { prompt, step, tokenIds, committed, changed, parts, guided, timings });
  }
  yield promptEndEvent(
    settings,
    prompt,
    tokenIds,
    { ...total, steps },
    {
      denoiserPasses: counted.passes(),
      rewardPasses,
    },
  );
}

/** The denoiser, guided away from what it says without the prompt where that is asked for. */
const conditioned = (
  { classifierFreeScale: scale, given, maskId }: SampleSettings,
  network: DenoiserNetwork,
  prefixLength: number,
): DenoiserNetwork => {
  if (scale === 0) return network;
  const standing = [...given.keys()].filter((slot) => given[slot] !== maskId);
  const slots = [...Array(prefixLength).keys(), ...standing.map((slot) => prefixLength + slot)];
  return classifierFree(network, { scale, given: slots, maskId });
};

/** A step that commits nothing. */
const idle: StepWork = {
  committed: [],
  drawn: [],
  drafts: [],
  guided: undefined,
  denoiserMs: 0,
  guidanceMs: 0,
};
