import {
  BackendError,
  disposable,
  firstNotFinite,
  NumericalError,
  nextTurn,
  type ResponseMix,
  type RewardContext,
  type RewardRequest,
  type Session,
  type Tensor,
  turnIsDue,
} from '@entrgi/core';
import { int64Tensor } from '@entrgi/onnx/internal';
import type { Columns } from '../graph/gradient-graph.js';
import { checkMix } from './check-mix.js';
import type { LeadingTokens } from './leading-tokens.js';
import { rewardValues } from './reward-values.js';
import { tableColumns } from './table-columns.js';
import { tokenFeeds } from './token-feeds.js';

export interface RewardContextOptions {
  /** What errors call the reward. */
  readonly name: string;
  readonly request: RewardRequest;
  /** What comes before the response, as the gradient graphs read it: its tokens, or what the network keeps of them. */
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
  /** Rows of the embedding table. */
  readonly tableRows: number;
  gradientSession(columns: Columns): Promise<Session>;
}

/** The reward of one prompt's responses: turns a mix into feeds of the gradient graph, and its outputs into a gradient. */
export const rewardContext = (options: RewardContextOptions): RewardContext => {
  const { name, request, map, tableRows, gradientSession, leading, responseType } = options;
  const suffix = int64Tensor([options.suffix.length], options.suffix);
  const suffixSegments = int64Tensor([options.suffix.length], options.suffixTypes);
  let before: RewardContextOptions['before'] | undefined = options.before;
  const table = tableColumns(map, tableRows);

  return {
    async evaluate(mix) {
      if (before === undefined) {
        throw new BackendError(`Reward '${name}': the context is disposed.`, { hint: 'Open another.' });
      }
      checkMix(mix, request);
      const { trajectories, tokenIds, attention, candidates } = mix;
      const rows = mix.rows.length;
      const length = tokenIds.length / trajectories;
      const { count, piece } = (await leading?.of(mix)) ?? { count: 0, piece: {} };
      const slots = [trajectories, length - count];
      const isLeft = (_: number, slot: number) => slot % length >= count;
      const candidateRows = candidates?.map((id) => map[id]!);
      // A candidate without an embedding takes any row, at probability 0, and its score is dropped.
      const columns = candidateRows === undefined ? table : candidateColumns(candidateRows);
      const width = candidateRows?.length ?? tableRows;

      const probs = await columns.scatter(mix.probs, rows, mix.signal);
      const feeds: Record<string, Tensor> = {
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
        probs: { type: 'float32', dims: [rows, width], data: probs },
        weights: { type: 'float32', dims: [rows, 1], data: mix.weights },
      };
      if (candidateRows !== undefined) {
        feeds.candidates = int64Tensor(
          [width],
          candidateRows.map((row) => Math.max(row, 0)),
        );
      }
      const session = await gradientSession(candidates === undefined ? 'table' : 'candidates');
      const outputs = await session.run(feeds, { signal: mix.signal });
      const values = Float64Array.from(rewardValues(name, outputs.rewards!, trajectories));
      const scores = outputs.token_scores!.data as Float32Array;
      const tokenScores = await columns.gather(scores, rows, probs, mix.signal);
      await checkFinite(name, mix, length, values, tokenScores);
      return { values, tokenScores };
    },
    ...disposable(async () => {
      before = undefined;
    }),
  };
};

/** Candidates are their own columns, but for those without an embedding. */
const candidateColumns = (rows: Int32Array) =>
  tableColumns(
    rows.map((row, column) => (row < 0 ? -1 : column)),
    rows.length,
  );

const hint = 'Check the weights of the reward model and their precision, and lower the learning rate.';

const checkFinite = async (
  name: string,
  mix: ResponseMix,
  length: number,
  values: Float64Array,
  tokenScores: Float32Array,
): Promise<void> => {
  values.forEach((value, k) => {
    if (Number.isFinite(value)) return;
    throw new NumericalError(
      `Reward '${name}': expected a finite reward for trajectory ${k}, got ${value}.`,
      { value, hint },
    );
  });
  const columns = tokenScores.length / mix.rows.length;
  for (const [row, slot] of mix.rows.entries()) {
    const own = tokenScores.subarray(row * columns, (row + 1) * columns);
    const at = firstNotFinite(own);
    if (at >= 0) {
      throw new NumericalError(
        `Reward '${name}': expected a finite gradient for trajectory ${Math.floor(slot / length)}, ` +
          `position ${slot % length}, got ${own[at]}.`,
        { value: own[at], hint },
      );
    }
    if (turnIsDue()) await nextTurn(mix.signal);
  }
};
