import type { Candidates, Frame } from './protocol.js';

/** A step as it is told of, by a sampler or by a trace. */
type Step = Pick<Frame, 'step' | 'trajectories' | 'length'> & { readonly tokenIds: ArrayLike<number> };

/** What has to be known of a frame; of the rest, what is known. */
type Known = Pick<Frame, 'lane' | 'slots' | 'rewards' | 'texts' | 'cost' | 'record'> & {
  readonly [Name in 'weights' | 'moved' | 'pull' | 'before' | 'after' | 'judge']?: Frame[Name] | undefined;
};

const noCandidates: Candidates = { ids: new Int32Array(0), probs: new Float32Array(0) };

/** The frame of a step: candidates that are not known are none, numbers that are not known NaN. */
export const frameOf = (
  { step, trajectories, length, tokenIds }: Step,
  { slots, weights, moved, pull, before = noCandidates, after = noCandidates, judge, ...known }: Known,
): Frame => {
  const unknown = () => new Float32Array(slots.length).fill(Number.NaN);
  return {
    step,
    trajectories,
    length,
    tokenIds: Int32Array.from(tokenIds),
    slots,
    weights: weights ?? unknown(),
    moved: moved ?? unknown(),
    pull: pull ?? unknown(),
    before,
    after,
    judge: judge ?? Number.NaN,
    ...known,
  };
};
