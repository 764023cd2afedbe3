import {
  type Denoiser,
  type Guidance,
  InvalidArgumentError,
  type Prompt,
  UnsupportedError,
} from '@entrgi/core';
import {
  type OptionNames,
  requireBoolean,
  requireContract,
  requireFunction,
  requireKnownOptions,
  requireObject,
  requireSignal,
  requireThat,
  requireWhole,
} from '@entrgi/core/internal';
import { inversion } from '../draws/inversion.js';
import type { SampleOptions } from '../options/sample-options.js';
import type { StepEditor } from '../options/step-editor.js';
import { published } from '../presets/published.js';
import { endsFrom, responseTokens } from '../response/response-tokens.js';
import { linear } from '../schedules/linear.js';
import { requireEdits } from './require-edits.js';
import { requireSampleNumbers, requireTemperature, requireWholeBlocks } from './require-sample-numbers.js';
import type { RunSettings } from './sample-settings.js';

const optionNames: OptionNames<SampleOptions> = {
  denoiser: true,
  prompts: true,
  guidance: true,
  trajectories: true,
  steps: true,
  maxNewTokens: true,
  response: true,
  blockLength: true,
  temperature: true,
  filters: true,
  order: true,
  orderTemperature: true,
  entropyBound: true,
  remasking: true,
  guidanceEvery: true,
  guidanceFrom: true,
  guidanceUntil: true,
  edit: true,
  firstTrajectory: true,
  draw: true,
  classifierFreeScale: true,
  schedule: true,
  seed: true,
  deprioritizeEos: true,
  vocabularyTolerance: true,
  stopAtEnd: true,
  skipRedundant: true,
  confidenceThreshold: true,
  editThreshold: true,
  cacheBlocks: true,
  signal: true,
};

/**
 * Fills in the defaults (the preset `published`).
 * @throws InvalidArgumentError for whatever could only fail later
 */
export const resolveOptions = (options: SampleOptions): RunSettings => {
  requireKnownOptions('sample', options, optionNames);
  const defaults = published.sample;
  const {
    denoiser,
    prompts,
    guidance,
    trajectories = defaults.trajectories,
    steps = defaults.steps,
    maxNewTokens = defaults.maxNewTokens,
    response,
    temperature = defaults.temperature,
    filters: tokenFilters = defaults.filters,
    order = defaults.order,
    orderTemperature = 0,
    entropyBound = 0.1,
    remasking,
    guidanceEvery = 1,
    guidanceFrom = 0,
    guidanceUntil = 1,
    edit,
    firstTrajectory = 0,
    draw = inversion,
    classifierFreeScale = 0,
    schedule = linear,
    seed = 1,
    deprioritizeEos = defaults.deprioritizeEos,
    vocabularyTolerance = 1e-6,
    stopAtEnd = true,
    skipRedundant = true,
    confidenceThreshold,
    editThreshold,
    cacheBlocks = options.denoiser?.blockAttention !== undefined && options.denoiser.openBlock !== undefined,
    signal,
  } = options;
  requireDenoiser(denoiser);
  const { blockAttention } = denoiser;
  const { blockLength = blockAttention?.blockLength ?? maxNewTokens } = options;
  requireThat('prompts', prompts, 'an array of prompts', Array.isArray(prompts));
  if (guidance !== undefined) requireGuidance(guidance);
  requireSampleNumbers({
    trajectories,
    steps,
    maxNewTokens,
    blockLength,
    temperature,
    vocabularyTolerance,
    seed,
    confidenceThreshold,
    editThreshold,
    classifierFreeScale,
    entropyBound,
    guidanceEvery,
    guidanceFrom,
    guidanceUntil,
  });
  if (blockAttention === undefined) requireWholeBlocks({ steps, maxNewTokens, blockLength });
  else {
    const { blockLength: attended } = blockAttention;
    const divides = attended % blockLength === 0;
    requireThat('blockLength', blockLength, `a divisor of the denoiser's blocks of ${attended}`, divides);
  }
  requireTemperature('orderTemperature', orderTemperature);
  if (remasking !== undefined) {
    requireFunction('remasking', remasking, 'a way to mask again, such as remaskings.cap(0.1)');
  }
  if (edit !== undefined) requireEditor(edit);
  requireWhole('firstTrajectory', firstTrajectory, 0, 2 ** 32 - 1 - trajectories);
  requireFunction('order', order, 'an order, such as orders.entropy');
  requireFunction('draw', draw, 'a way to draw, such as draws.inversion');
  requireFunction('schedule', schedule, 'a schedule, such as schedules.linear');
  requireThat('filters', tokenFilters, 'an array of filters', Array.isArray(tokenFilters));
  for (let index = 0; index < tokenFilters.length; index++) {
    requireFunction(`filters[${index}]`, tokenFilters[index], 'a filter, such as filters.topP(0.9)');
  }
  for (const [name, value] of Object.entries({ deprioritizeEos, stopAtEnd, skipRedundant, cacheBlocks })) {
    requireBoolean(name, value);
  }
  requireSignal('signal', signal);
  if (cacheBlocks && denoiser.openBlock === undefined) {
    throw new UnsupportedError(
      `Denoiser '${denoiser.name}': expected one that can keep what lies around a block.`,
      {
        value: denoiser.name,
        hint: 'Leave cacheBlocks off.',
      },
    );
  }
  const { maskId } = denoiser.vocabulary;
  if (maskId === undefined) {
    throw new InvalidArgumentError(`Denoiser '${denoiser.name}': expected a mask token, got none.`, {
      value: denoiser.name,
      hint: 'Use a masked diffusion language model.',
    });
  }
  // Not map, which would pass over what is missing.
  const encoded = Array.from(prompts, (prompt, index) => ({
    prompt,
    tokenIds: encode(denoiser, prompt, index, maxNewTokens),
  }));
  if (editThreshold !== undefined) {
    const promptLengths = encoded.map(({ tokenIds }) => tokenIds.length);
    requireEdits(steps, { length: maxNewTokens, blockLength, attention: blockAttention, promptLengths });
  }
  const given = responseTokens(response, denoiser, { length: maxNewTokens, maskId });
  return {
    denoiser,
    maskId,
    given,
    endsFrom: endsFrom(given, { maskId, vocabulary: denoiser.vocabulary }),
    prompts: encoded,
    guidance,
    trajectories,
    steps,
    length: maxNewTokens,
    blockLength,
    temperature,
    filters: tokenFilters,
    order,
    orderTemperature,
    entropyBound,
    remasking,
    guidanceEvery,
    guidanceFrom,
    guidanceUntil,
    edit,
    steering: undefined,
    // What follows a block that nobody sees is not even guessed.
    predictsAll: guidance !== undefined && blockAttention === undefined,
    firstTrajectory,
    draw,
    classifierFreeScale,
    schedule,
    seed,
    deprioritizeEos,
    vocabularyTolerance: edit?.logits === undefined ? vocabularyTolerance : 0,
    stopAtEnd: stopAtEnd && remasking === undefined && editThreshold === undefined,
    skipRedundant,
    confidenceThreshold,
    editThreshold,
    cacheBlocks,
    signal,
  };
};

const requireDenoiser = (denoiser: Denoiser): void => {
  const what = 'a denoiser, such as loadDenoiser of @entrgi/models gives';
  requireObject('denoiser', denoiser, what);
  requireContract('denoiser', denoiser);
  const { logits, encodePrompt, decode, vocabulary } = denoiser;
  for (const [name, value] of Object.entries({ logits, encodePrompt, decode })) {
    requireFunction(`denoiser.${name}`, value, what);
  }
  requireObject('denoiser.vocabulary', vocabulary, what);
};

const requireGuidance = (guidance: Guidance): void => {
  const what = 'guidance, such as rewardGuidance gives';
  requireObject('guidance', guidance, what);
  requireFunction('guidance.open', guidance.open, what);
  const { maxMovement } = guidance;
  requireThat(
    'guidance.maxMovement',
    maxMovement,
    'a number of at least 0',
    typeof maxMovement === 'number' && maxMovement >= 0,
  );
};

const requireEditor = (edit: StepEditor): void => {
  requireObject('edit', edit, 'an object with functions logits or tokens');
  for (const name of ['logits', 'tokens'] as const) {
    if (edit[name] !== undefined) requireFunction(`edit.${name}`, edit[name]);
  }
};

const isMessage = (message: unknown): boolean => {
  const { role, content } = (message ?? {}) as { readonly role?: unknown; readonly content?: unknown };
  return typeof role === 'string' && typeof content === 'string';
};

const encode = (denoiser: Denoiser, prompt: Prompt, index: number, length: number): Int32Array => {
  const isPrompt =
    typeof prompt === 'string' || (Array.isArray(prompt) && Array.from(prompt).every(isMessage));
  requireThat(`prompts[${index}]`, prompt, 'text, or messages with a role and content', isPrompt);
  const text = typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');
  requireThat(`prompts[${index}]`, prompt, 'text', text.trim() !== '');
  const tokenIds = denoiser.encodePrompt(prompt);
  const total = tokenIds.length + length;
  if (total > denoiser.maxLength) {
    throw new InvalidArgumentError(
      `prompts[${index}]: expected at most ${denoiser.maxLength} tokens with the response, ` +
        `got ${total} (${tokenIds.length} + ${length}).`,
      { value: prompt, argument: `prompts[${index}]`, hint: 'Shorten the prompt or lower maxNewTokens.' },
    );
  }
  return tokenIds;
};
