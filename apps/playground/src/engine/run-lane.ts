import { optimizers, relaxations, rewardGuidance, type StepEvent } from '@entrgi/core';
import { traceRecord } from '@entrgi/evaluation/replay';
import { presets, sample } from '@entrgi/samplers';
import { frameOf } from '../protocol/frame-of.js';
import { indexOfHighest } from '../protocol/index-of-highest.js';
import { isGuided, trajectoriesOf } from '../protocol/lane-plan.js';
import { type Frame, type Lane, type LaneCost, type RunSettings, SHOWN } from '../protocol/protocol.js';
import { laneEditor, lockedResponse } from './edit-tokens.js';
import type { Models } from './models.js';
import { type Observation, observeGuidance } from './observe-guidance.js';
import { observeReward } from './observe-reward.js';
import { summedReward } from './summed-reward.js';

/** Writes the responses of one lane, a frame a step. What is computed for display alone is not in its cost. */
export async function* runLane(
  lane: Lane,
  { denoiser, judge, ...models }: Models,
  settings: RunSettings,
  signal: AbortSignal,
): AsyncGenerator<Frame, void, undefined> {
  const method = settings.methods[lane];
  const { prompt, seed, steps, maxNewTokens, temperature, guidanceSteps, learningRate } = settings;
  const { reward, parts } = summedReward(models, settings);
  const trajectories = trajectoriesOf(method, settings, parts);
  const guided = isGuided(method) && guidanceSteps > 0;
  const maskId = denoiser.vocabulary.maskId!;
  const response = lockedResponse(settings, maskId);
  let seen: Observation | undefined;
  let pulls: Float32Array[] = [];
  const guidance = observeGuidance(
    guided
      ? rewardGuidance({
          ...presets.published.guidance,
          reward: observeReward(reward, (pull) => pulls.push(pull)),
          relaxation: relaxations[method],
          guidanceSteps,
          optimizer: optimizers.adam(learningRate),
        })
      : undefined,
    (observation) => {
      seen = observation;
    },
  );
  const events = sample({
    ...presets.published.sample,
    denoiser,
    prompts: [prompt],
    guidance,
    response,
    edit: laneEditor(settings, lane),
    trajectories,
    steps,
    maxNewTokens,
    temperature,
    seed,
    signal,
  });
  let tokens: Int32Array = new Int32Array(trajectories * maxNewTokens).fill(maskId);
  if (response !== undefined) for (let k = 0; k < trajectories; k++) tokens.set(response, k * maxNewTokens);
  let cost: LaneCost = { denoiserPasses: 0, gradientPasses: 0, seconds: 0 };
  let scores: Pick<Frame, 'rewards' | 'judge'> = {
    rewards: new Float64Array(trajectories).fill(Number.NaN),
    judge: Number.NaN,
  };
  for await (const event of events) {
    if (event.type !== 'step-end') return;
    const observation = seen;
    seen = undefined;
    const pull = firstOfEach(pulls, guidanceSteps, observation);
    pulls = [];
    const took = observation === undefined ? [] : whoTookPart(observation, tokens, maxNewTokens);
    cost = {
      denoiserPasses: cost.denoiserPasses + took.length,
      gradientPasses: cost.gradientPasses + (guided ? took.length * guidanceSteps * parts : 0),
      seconds: cost.seconds + event.timings.totalMs / 1000,
    };
    if (observation !== undefined) {
      const drafts = asDrafted(event, observation, took, maskId).map((ids) => denoiser.decode(ids));
      const rewards = await reward.score(prompt, drafts, { signal });
      const best = drafts[indexOfHighest(rewards)]!;
      const [logit] = judge === undefined ? [Number.NaN] : await judge.score(prompt, [best], { signal });
      scores = { rewards, judge: 1 / (1 + Math.exp(-logit!)) };
    }
    tokens = event.tokenIds;
    yield frameOf(event, {
      lane,
      slots: slotsOf(observation, took, maxNewTokens),
      weights: observation?.weights,
      moved: observation?.moved,
      pull,
      before: observation?.before,
      after: observation?.after,
      ...scores,
      cost,
      record: traceRecord(guided ? event : unguided(event), denoiser),
      texts: Array.from({ length: trajectories }, (_, k) =>
        denoiser.decode(tokens.subarray(k * maxNewTokens, (k + 1) * maxNewTokens)),
      ),
    });
  }
}

/** Trajectories are guided some at a time, each group in all of its updates: of each the first, in order. */
const firstOfEach = (
  pulls: readonly Float32Array[],
  updates: number,
  observation: Observation | undefined,
): Float32Array => {
  const found = pulls.filter((_, i) => i % updates === 0).flatMap((pull) => [...pull]);
  const rows = observation?.rows.length ?? 0;
  return Float32Array.from({ length: rows }, (_, i) => (found.length === rows ? found[i]! : Number.NaN));
};

/** Lanes without guidance are watched by one that does nothing: it is no part of what happened. */
const unguided = ({ rewards: _, entropyWeight: __, ...event }: StepEvent): StepEvent => event;

/** The trajectories behind the parts of an observation, which are in their order: those whose tokens are the same. */
const whoTookPart = ({ tokenIds }: Observation, before: Int32Array, length: number): number[] => {
  const parts = tokenIds.length / length;
  const found: number[] = [];
  for (let k = 0; k * length < before.length && found.length < parts; k++) {
    const part = tokenIds.subarray(found.length * length, (found.length + 1) * length);
    if (part.every((id, i) => id === before[k * length + i])) found.push(k);
  }
  return found;
};

/** The responses after a step, every mask as its most probable token. */
const asDrafted = (
  { tokenIds, trajectories, length }: StepEvent,
  { rows, after }: Observation,
  took: readonly number[],
  maskId: number,
): Int32Array[] => {
  const drafts = Array.from({ length: trajectories }, (_, k) => tokenIds.slice(k * length, (k + 1) * length));
  rows.forEach((row, i) => {
    const draft = drafts[took[Math.floor(row / length)]!]!;
    if (draft[row % length] === maskId) draft[row % length] = after.ids[i * SHOWN]!;
  });
  return drafts;
};

/** The rows of an observation, which are numbered by its parts, as slots of all trajectories. */
const slotsOf = (observation: Observation | undefined, took: readonly number[], length: number): Int32Array =>
  Int32Array.from(
    observation?.rows ?? [],
    (row) => took[Math.floor(row / length)]! * length + (row % length),
  );
