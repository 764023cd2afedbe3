import type { RandomStream } from '../contracts/guidance/random-stream.js';
import { requireThat } from '../options/require-that.js';
import { philox } from './philox.js';

/**
 * What a stream of random numbers is for: each coordinate its own numbers, so that none depends on how many
 * others were drawn.
 */
export interface RandomStreamKey {
  /** Any safe integer. */
  readonly seed: number;
  /**
   * Identifies the prompt by its content (`hashTokens`), so that its numbers do not depend on its place in a
   * batch.
   */
  readonly prompt: number;
  readonly trajectory: number;
  /** Denoising step. */
  readonly step: number;
  readonly purpose: keyof typeof purposes;
  /**
   * Which of several for that purpose, as the guidance step.
   * @default 0
   */
  readonly guidanceStep?: number | undefined;
}

/** A purpose's own residue: of 4 for the first three, of 12 for those that share the last one. */
const purposes = {
  token: [0, 4],
  order: [1, 4],
  guidance: [2, 4],
  remask: [3, 12],
  draft: [7, 12],
  resample: [11, 12],
} as const;

/**
 * The stream of a (seed, prompt, trajectory, step, purpose): counter-based (Philox4x32-10), 53 bits a number.
 * @throws InvalidArgumentError for a seed that is not a safe integer
 */
export const randomStream = (key: RandomStreamKey): RandomStream => {
  const { seed, prompt, trajectory, step, purpose, guidanceStep = 0 } = key;
  requireThat('seed', seed, 'a whole number between −(2^53 − 1) and 2^53 − 1', Number.isSafeInteger(seed));
  const [residue, modulus] = purposes[purpose];
  const derived = new Uint32Array(4);
  philox(low(prompt), high(prompt), trajectory, 0, low(seed), high(seed), derived);
  const [key0, key1, salt] = derived as unknown as [number, number, number, number];
  const words = new Uint32Array(4);
  let block = 0;
  let next = 4;
  return {
    uniform() {
      if (next === 4) {
        philox(block++, step, guidanceStep * modulus + residue, salt, key0, key1, words);
        next = 0;
      }
      const upper = words[next]! >>> 5;
      const lower = words[next + 1]! >>> 6;
      next += 2;
      return (upper * 2 ** 26 + lower) * 2 ** -53;
    },
  };
};

/** A whole number in [0, 2^53) that depends on every token id and on their order. */
export const hashTokens = (tokenIds: ArrayLike<number>): number => {
  const state = new Uint32Array(4);
  for (let i = 0; i < tokenIds.length; i++)
    philox(tokenIds[i]!, i, state[2]!, state[3]!, state[0]!, state[1]!, state);
  return (state[0]! & 0x1fffff) * 2 ** 32 + state[1]!;
};

/** The two's-complement words of a safe integer. */
const low = (value: number): number => value | 0;
const high = (value: number): number => Math.floor(value / 2 ** 32) | 0;
