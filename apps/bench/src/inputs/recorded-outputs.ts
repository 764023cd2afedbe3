import { nodeBackend } from '@entrgi/backend-node';
import {
  type Denoiser,
  type DifferentiableReward,
  disposable,
  type RewardContext,
  type RewardGradient,
} from '@entrgi/core';
import type { ModelSpec } from '../work/workload.js';
import { type WritingSpec, writeGuided } from '../work/write-guided.js';
import { openDenoiser, openReward } from './open-models.js';

export interface RecordingSpec extends WritingSpec {
  readonly denoiser: ModelSpec;
  readonly reward: ModelSpec;
  readonly threads: number;
  readonly prompts: readonly string[];
}

/** What the networks gave in one guided generation, call by call. */
export interface RecordedOutputs {
  /** Shape [rows, size]: in the first step, those of one response. */
  readonly logits: readonly Float32Array[];
  /** The reward's token scores, shape [rows, size]. */
  readonly scores: readonly Float32Array[];
  readonly size: number;
  /** The models with these in the networks' place, from the first call on. */
  replayed(): { readonly denoiser: Denoiser; readonly reward: DifferentiableReward };
}

/** Writes the first prompt's responses once, seed 0. */
export const recordOutputs = async (spec: RecordingSpec): Promise<RecordedOutputs> => {
  const backend = nodeBackend({ threads: spec.threads });
  const [denoiser, reward] = [
    await openDenoiser(spec.denoiser, backend),
    await openReward(spec.reward, { backend }),
  ];
  const logits: Float32Array[] = [];
  const gradients: RewardGradient[] = [];
  const nothing = disposable(async () => {});
  /** The same models, of whose networks the calls are answered by others. */
  const models = (answer: Denoiser['logits'], open: DifferentiableReward['open']) => {
    const { name, vocabulary, maxLength } = denoiser;
    return {
      denoiser: {
        name,
        vocabulary,
        maxLength,
        encodeText: (text: string) => denoiser.encodeText(text),
        encodePrompt: (prompt: Parameters<Denoiser['encodePrompt']>[0]) => denoiser.encodePrompt(prompt),
        decode: (tokenIds: ArrayLike<number>) => denoiser.decode(tokenIds),
        logits: answer,
        ...nothing,
      },
      reward: {
        name: reward.name,
        vocabulary: reward.vocabulary,
        score: async (_: unknown, responses: readonly string[]) => new Float64Array(responses.length),
        open,
        ...nothing,
      },
    };
  };
  const recording = models(
    async (request) => {
      const given = await denoiser.logits(request);
      logits.push(given.slice());
      return given;
    },
    async (request) => {
      const own = await reward.open(request);
      const evaluate: RewardContext['evaluate'] = async (mix) => {
        if (mix.candidates !== undefined) throw new Error('Expected guidance on the whole vocabulary.');
        const given = await own.evaluate(mix);
        gradients.push(copied(given));
        return given;
      };
      return { evaluate, ...disposable(() => own.dispose()) };
    },
  );
  await writeGuided(spec, { ...recording, prompt: spec.prompts[0]!, seed: 0 });
  await backend.dispose();
  return {
    logits,
    scores: gradients.map(({ tokenScores }) => tokenScores),
    size: denoiser.vocabulary.size,
    replayed() {
      let [calls, evaluations] = [0, 0];
      return models(
        async () => logits[calls++]!.slice(),
        async () => ({ evaluate: async () => copied(gradients[evaluations++]!), ...nothing }),
      );
    },
  };
};

/** Guidance writes to the scores that it is given. */
const copied = (given: RewardGradient): RewardGradient => ({
  ...given,
  tokenScores: given.tokenScores.slice(),
});
