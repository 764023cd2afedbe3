import { BackendError, type RewardRequest, type Tensor } from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';
import { checkMix, type MixedResponses } from './check-mix.js';
import type { LeadingTokens } from './leading-tokens.js';
import { tokenFeeds } from './token-feeds.js';

export interface MixFeedsOptions {
  /** What errors call the reward. */
  readonly name: string;
  readonly request: RewardRequest;
  /**
   * What comes before the response, as the gradient graphs read it: its tokens, or what the network keeps of
   * them.
   */
  readonly before: Readonly<Record<string, Tensor>>;
  /** Where the graphs read what the network keeps of the responses' first tokens. */
  readonly leading?: LeadingTokens | undefined;
  /** The tokens after the response, and their types. */
  readonly suffix: Int32Array;
  readonly suffixTypes: Int32Array;
  /** The type of the response's tokens. */
  readonly responseType: number;
  /** Table row of each of the denoiser's tokens, −1 for those to be embedded as zero. */
  readonly map: Int32Array;
}

/** Turns mixes into what gradient graphs are fed, but for the probabilities, until it is released. */
export interface MixFeeds {
  of(mix: MixedResponses): Promise<Record<string, Tensor>>;
  release(): void;
}

export const mixFeeds = (options: MixFeedsOptions): MixFeeds => {
  const { name, request, map, leading, responseType } = options;
  const suffix = int64Tensor([options.suffix.length], options.suffix);
  const suffixSegments = int64Tensor([options.suffix.length], options.suffixTypes);
  let before: MixFeedsOptions['before'] | undefined = options.before;
  return {
    async of(mix) {
      if (before === undefined) {
        throw new BackendError(`Reward '${name}': the context is disposed.`, { hint: 'Open another.' });
      }
      checkMix(mix, request);
      const { trajectories, tokenIds, attention, weights } = mix;
      const rows = mix.rows.length;
      const length = tokenIds.length / trajectories;
      const { count, piece } = (await leading?.of(mix)) ?? { count: 0, piece: {} };
      const slots = [trajectories, length - count];
      const isLeft = (_: number, slot: number) => slot % length >= count;
      return {
        ...before,
        ...piece,
        suffix,
        suffix_segments: suffixSegments,
        segments: int64Tensor(slots, new Int32Array(slots[0]! * slots[1]!).fill(responseType)),
        ...tokenFeeds(slots, tokenIds.filter(isLeft), map),
        attention: int64Tensor(slots, attention.filter(isLeft)),
        rows: int64Tensor(
          [rows],
          mix.rows.map((slot) => slot - count * (Math.floor(slot / length) + 1)),
        ),
        weights: { type: 'float32', dims: [rows, 1], data: weights },
      };
    },
    release() {
      before = undefined;
    },
  };
};
