import { disposable, type Guidance, type GuidanceRequest } from '@entrgi/core';
import { rowEntropy } from '@entrgi/core/internal';
import type { Candidates } from '../protocol/protocol.js';
import { movedShare, topCandidates } from './top-candidates.js';

/** What guidance saw, and what it made of it, in one step. */
export interface Observation {
  /** Response tokens of the trajectories that took part, shape [parts, length]. */
  readonly tokenIds: Int32Array;
  readonly rows: Int32Array;
  readonly weights: Float32Array;
  readonly moved: Float32Array;
  readonly before: Candidates;
  readonly after: Candidates;
}

/** Guidance that does nothing, for lanes without: so that they can be watched too. */
const idle: Guidance = {
  maxMovement: 0,
  open: async () => ({
    async optimize({ logits, rows }) {
      return { logits, rewards: [], weights: new Float32Array(rows.length), rewardMs: 0 };
    },
    ...disposable(async () => {}),
  }),
};

/** The same guidance, whose every step is shown to `observe`. Without one, logits stay as they are. */
export const observeGuidance = (
  guidance: Guidance | undefined,
  observe: (observation: Observation) => void,
): Guidance => {
  const watched = guidance ?? idle;
  return {
    maxMovement: watched.maxMovement,
    async open(request) {
      const context = await watched.open(request);
      return {
        async optimize(step) {
          // Logits are moved in place: what they were has to be taken now.
          const { top: before, probs } = topCandidates(step.logits, step.temperature);
          const entropies = guidance === undefined ? normalizedEntropies(step) : undefined;
          const result = await context.optimize(step);
          const { top: after, probs: later } = topCandidates(result.logits, step.temperature);
          observe({
            tokenIds: step.tokenIds.slice(),
            rows: step.rows.slice(),
            weights: entropies ?? result.weights.slice(),
            moved: movedShare(step.logits.offsets, probs, later),
            before,
            after,
          });
          return result;
        },
        dispose: () => context.dispose(),
        [Symbol.asyncDispose]: () => context.dispose(),
      };
    },
  };
};

const normalizedEntropies = ({ logits, rows }: GuidanceRequest): Float32Array =>
  Float32Array.from(rows, (_, row) => rowEntropy(logits, row, 1, 'untempered') / Math.log(logits.size));
