import { random } from './random.js';
import type { Target } from './target.js';

/** The bytes of a case: an input of the target, mutated one to four times. The same number gives the same bytes. */
export const caseOf = (
  { mutations }: Target,
  inputs: readonly Uint8Array[],
  seed: number,
  index: number,
): Uint8Array => {
  const draw = random(seed, index);
  let bytes = draw.pick(inputs);
  for (let left = draw.pick([1, 1, 1, 2, 2, 3, 4]); left > 0; left -= 1) {
    bytes = draw.pick(mutations)(bytes, draw, inputs);
  }
  return bytes;
};
