import type { Denoiser, DenoiserRequest, Vocabulary } from '@entrgi/core';
import { disposable } from '@entrgi/core';

const SIZE = 12;
const MASK = 10;
const END = 2;

export const vocabulary: Vocabulary = {
  size: SIZE,
  // Id 11 is a padding row; id 10 the mask.
  tokens: Array.from({ length: SIZE - 1 }, (_, id) => `t${id}`),
  maskId: MASK,
  padId: 3,
  endIds: [END],
  specialIds: [END, 3, MASK],
};

export interface BigramDenoiser extends Denoiser {
  /** Every request so far. */
  readonly requests: DenoiserRequest[];
}

const encodeText = (text: string): Int32Array =>
  Int32Array.from(text, (letter) => 4 + (letter.codePointAt(0)! % 6));

/**
 * A small true denoiser: the logits of a token depend on its two neighbors and on its position, by fixed
 * wave-like tables.
 */
export const bigramDenoiser = (changes: Partial<BigramDenoiser> = {}): BigramDenoiser => {
  const requests: DenoiserRequest[] = [];
  return {
    name: 'bigram',
    vocabulary,
    maxLength: 64,
    requests,
    encodeText,
    encodePrompt: (prompt) => encodeText(String(prompt).slice(0, 50)),
    decode: (ids) => {
      const end = Array.from(ids).indexOf(END);
      return Array.from(ids)
        .slice(0, end < 0 ? undefined : end)
        .map((id) => `t${id}`)
        .join(' ');
    },
    async logits(request) {
      requests.push(request);
      const { tokenIds, length, positions } = request;
      const out = new Float32Array(positions.length * SIZE);
      positions.forEach((position, row) => {
        const place = position % length;
        const left = place === 0 ? 0 : tokenIds[position - 1]!;
        const right = place === length - 1 ? 0 : tokenIds[position + 1]!;
        for (let id = 0; id < SIZE; id++) {
          out[row * SIZE + id] =
            3 * Math.sin(1.7 * left * (id + 1) + 0.3 * place) +
            2 * Math.cos(2.3 * right * (id + 2) - 0.7 * place);
        }
      });
      return out;
    },
    ...disposable(async () => {}),
    ...changes,
  };
};
