import {
  type Denoiser,
  disposable,
  InvalidArgumentError,
  type ResponseMix,
  type RewardContext,
  type RewardRequest,
  UnsupportedError,
  type Vocabulary,
} from '@entrgi/core';
import { checkMix } from '../context/check-mix.js';
import { maskedRows } from './masked-rows.js';

/** One of several denoisers, whose log-probabilities are added with these signs. */
export interface LikelihoodTerm {
  readonly denoiser: Denoiser;
  readonly sign: 1 | -1;
}

export interface LikelihoodContextOptions {
  readonly name: string;
  readonly terms: readonly LikelihoodTerm[];
  readonly request: RewardRequest;
  /** Over the mixed positions, and not their sum. */
  readonly isMean: boolean;
}

/**
 * Σ over mixed positions of ⟨mixture, ± log p⟩, where p is what each denoiser predicts there, from the
 * response with its mixed positions masked: linear in the mixture, so that the token scores are the
 * log-probabilities themselves.
 * @throws UnsupportedError where the tokens of a denoiser are not those of the mixtures
 */
export const likelihoodContext = (options: LikelihoodContextOptions): RewardContext => {
  const { name, terms, request, isMean } = options;
  for (const { denoiser } of terms) {
    if (hasSameTokens(denoiser.vocabulary, request.vocabulary)) continue;
    throw new UnsupportedError(
      `Reward '${name}': expected '${denoiser.name}' to have the tokens of the denoiser that is guided, got others.`,
      { value: denoiser.name, hint: 'Rank with it, or use a denoiser with the same tokenizer to guide.' },
    );
  }
  const prompts = terms.map(({ denoiser }) => promptIn(denoiser, request, name));
  return {
    async evaluate(mix) {
      checkMix(mix, request);
      const { trajectories, tokenIds, rows, weights, probs } = mix;
      const length = tokenIds.length / trajectories;
      const seen = rows.filter((slot) => mix.attention[slot] === 1);
      const counts = new Float64Array(trajectories);
      for (const slot of seen) counts[Math.floor(slot / length)]! += 1;
      const predicted = await Promise.all(
        terms.map(({ denoiser }, i) => predict(denoiser, prompts[i]!, { mix, seen, request })),
      );
      const scoreOf = (row: number, id: number) =>
        terms.reduce((sum, { sign }, i) => sum + sign * predicted[i]!.logProbability(row, id), 0);
      const columns = probs.length / rows.length;
      const values = new Float64Array(trajectories);
      const tokenScores = new Float32Array(probs.length);
      let row = 0;
      rows.forEach((slot, r) => {
        if (mix.attention[slot] !== 1) return;
        const trajectory = Math.floor(slot / length);
        const share = isMean ? 1 / counts[trajectory]! : 1;
        const weight = weights[r]!;
        for (let c = 0; c < columns; c++) {
          const score = share * scoreOf(row, mix.candidates?.[c] ?? c);
          tokenScores[r * columns + c] = score;
          values[trajectory]! += (1 - weight) * probs[r * columns + c]! * score;
        }
        values[trajectory]! += weight * share * scoreOf(row++, tokenIds[slot]!);
      });
      // Linear in the mixture: nothing goes backward.
      return { values, tokenScores, passes: terms.length * trajectories };
    },
    ...disposable(async () => {}),
  };
};

/**
 * Of each position that is mixed and seen, from the response as it is with all mixed ones masked, up to its
 * full length.
 */
const predict = (
  denoiser: Denoiser,
  prompt: Int32Array,
  {
    mix: { trajectories, tokenIds, rows, signal },
    seen,
    request,
  }: { readonly mix: ResponseMix; readonly seen: Int32Array; readonly request: RewardRequest },
) => {
  const own = tokenIds.length / trajectories;
  const length = prompt.length + request.length;
  const placeOf = (slot: number) => Math.floor(slot / own) * length + prompt.length + (slot % own);
  const all = new Int32Array(trajectories * length).fill(denoiser.vocabulary.maskId!);
  for (let k = 0; k < trajectories; k++) {
    all.set(prompt, k * length);
    all.set(tokenIds.subarray(k * own, (k + 1) * own), k * length + prompt.length);
  }
  for (const slot of rows) all[placeOf(slot)] = denoiser.vocabulary.maskId!;
  return maskedRows(denoiser, {
    tokenIds: all,
    batch: trajectories,
    length,
    positions: seen.map(placeOf),
    promptLength: prompt.length,
    signal,
  });
};

const promptIn = (denoiser: Denoiser, { prompt, length }: RewardRequest, name: string): Int32Array => {
  const ids = denoiser.encodePrompt(prompt);
  if (ids.length + length <= denoiser.maxLength) return ids;
  throw new InvalidArgumentError(
    `Reward '${name}': expected at most ${denoiser.maxLength} tokens, got ${ids.length + length} (${ids.length} before the response, ${length} in it).`,
    { value: prompt, hint: 'Shorten the prompt or the response.' },
  );
};

const hasSameTokens = (a: Vocabulary, b: Vocabulary): boolean =>
  a === b || (a.size === b.size && a.tokens.every((token, id) => token === b.tokens[id]));
