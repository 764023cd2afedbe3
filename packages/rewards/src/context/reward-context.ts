import {
  disposable,
  NumericalError,
  nextTurn,
  type ResponseMix,
  type RewardContext,
  type RewardRequest,
  type Session,
  turnIsDue,
} from '@entrgi/core';
import { firstNotFinite } from '@entrgi/core/internal';
import { int64Tensor } from '@entrgi/onnx/internal';
import type { Columns } from '../graph/gradient-graph.js';
import { checkColumns } from './check-mix.js';
import type { MixFeeds } from './mix-feeds.js';
import { rewardValues } from './reward-values.js';
import { tableColumns } from './table-columns.js';

export interface RewardContextOptions {
  /** What errors call the reward. */
  readonly name: string;
  readonly request: RewardRequest;
  readonly feeds: MixFeeds;
  /** Table row of each of the denoiser's tokens, −1 for those to be embedded as zero. */
  readonly map: Int32Array;
  /** Rows of the embedding table. */
  readonly tableRows: number;
  gradientSession(columns: Columns): Promise<Session>;
}

/**
 * The reward of one prompt's responses: turns a mix into feeds of the gradient graph, and its outputs into a
 * gradient.
 */
export const rewardContext = (options: RewardContextOptions): RewardContext => {
  const { name, request, feeds, map, tableRows, gradientSession } = options;
  const table = tableColumns(map, tableRows);
  return {
    async evaluate(mix) {
      const own = await feeds.of(mix);
      checkColumns(mix, request);
      const { trajectories, tokenIds, candidates } = mix;
      const rows = mix.rows.length;
      const candidateRows = candidates?.map((id) => map[id]!);
      // A candidate without an embedding takes any row, at probability 0, and its score is dropped.
      const columns = candidateRows === undefined ? table : candidateColumns(candidateRows);
      const width = candidateRows?.length ?? tableRows;
      const probs = await columns.scatter(mix.probs, rows, mix.signal);
      own.probs = { type: 'float32', dims: [rows, width], data: probs };
      if (candidateRows !== undefined) own.candidates = int64Tensor([width], rowsFor(candidateRows));
      const session = await gradientSession(candidates === undefined ? 'table' : 'candidates');
      const outputs = await session.run(own, { signal: mix.signal });
      const values = Float64Array.from(rewardValues(name, outputs.rewards!, trajectories));
      const scores = outputs.token_scores!.data as Float32Array;
      const tokenScores = await columns.gather(scores, rows, probs, mix.signal);
      checkValues(name, values);
      await checkScores(name, mix, tokenIds.length / trajectories, tokenScores);
      return { values, tokenScores };
    },

    ...disposable(async () => feeds.release()),
  };
};

/** Rows to look up: that of a token without an embedding does not matter. */
export const rowsFor = (rows: Int32Array): Int32Array => rows.map((row) => Math.max(row, 0));

/** Candidates are their own columns, but for those without an embedding. */
const candidateColumns = (rows: Int32Array) =>
  tableColumns(
    rows.map((row, column) => (row < 0 ? -1 : column)),
    rows.length,
  );

const hint = 'Check the weights of the reward model and their precision, and lower the learning rate.';

/** Throws NumericalError for a reward that is not finite. */
export const checkValues = (name: string, values: Float64Array): void => {
  values.forEach((value, k) => {
    if (Number.isFinite(value)) return;
    throw new NumericalError(
      `Reward '${name}': expected a finite reward for trajectory ${k}, got ${value}.`,
      { value, hint },
    );
  });
};

const checkScores = async (
  name: string,
  mix: ResponseMix,
  length: number,
  tokenScores: Float32Array,
): Promise<void> => {
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
