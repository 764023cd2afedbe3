import type { BlockModelName } from './block-models.js';

/** One response of a block model with random weights, and how it is written. */
export interface BlockRow {
  readonly model: BlockModelName;
  readonly promptLength: number;
  readonly length: number;
  /** Tokens that a step commits. */
  readonly commits: number;
  /**
   * Blocks behind what is kept of those before, whole sequences in each step, or the same weights looking
   * both ways over one canvas.
   */
  readonly runs: 'cached' | 'uncached' | 'canvas';
  /** Whether a reward of the 0.6B shape guides every step. */
  readonly guided: boolean;
  /** Steps that are timed, the first ones, where one is like the other; default: all. */
  readonly timed?: number;
}

const usual = { promptLength: 256, length: 256, commits: 2, runs: 'cached', guided: false } as const;

/** What there is to measure, by name. */
export const blockRows = {
  '0.6b': { ...usual, model: '0.6b' },
  '0.6b-uncached': { ...usual, model: '0.6b', runs: 'uncached', timed: 12 },
  sdar: { ...usual, model: 'sdar-1.7b', length: 64 },
  'sdar-guided': { ...usual, model: 'sdar-1.7b', length: 32, guided: true },
  'sdar-guided-canvas': { ...usual, model: 'sdar-1.7b', runs: 'canvas', guided: true, timed: 3 },
  llada2: { ...usual, model: 'llada2-mini', promptLength: 64, length: 32, commits: 4 },
} as const satisfies Record<string, BlockRow>;

export type BlockRowName = keyof typeof blockRows;
