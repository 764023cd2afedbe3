import { type Tensor, UnsupportedError } from '@entrgi/core';

/**
 * The rewards that a graph gave for `texts` texts.
 * @throws UnsupportedError where they are another number: the network has no score for each
 */
export const rewardValues = (name: string, { data }: Tensor, texts: number): Float32Array => {
  if (data.length === texts) return data as Float32Array;
  throw new UnsupportedError(
    `Reward '${name}': expected ${texts === 1 ? 'one score' : `${texts} scores, one per text`}, got ${data.length}: its output is not [batch, labels] or [batch] with the labels of config.json.`,
    {
      value: data.length,
      hint: 'Export the model for the task of sequence classification, or name another output or label.',
    },
  );
};
