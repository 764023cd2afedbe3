import { disposable } from '@entrgi/core';
import { loadReward, nodeBackend } from 'entrgi';
import type { Judge } from './judge.js';

/** Which label of a classifier judges, and how it runs. */
export interface ClassifierJudgeOptions {
  readonly label?: number | string | undefined;
  readonly threads?: number | undefined;
  readonly name?: string | undefined;
}

/**
 * A classifier as a judge, from safetensors or ONNX: its score is the sigmoid of a label's score, which is
 * the probability that the label holds where labels do not exclude each other. `source` is a directory, an
 * ONNX file, or a repository of the hub; without `label` it has one label alone.
 * @throws what loadReward throws
 */
export const classifierJudge = async (
  source: string,
  { label, threads, name }: ClassifierJudgeOptions = {},
): Promise<Judge> => {
  const backend = nodeBackend({ worker: true, ...(threads === undefined ? {} : { threads }) });
  try {
    const reward = await loadReward(source, { backend, label });
    return {
      name: name ?? reward.name,
      async score(prompt, responses, options = {}) {
        const logits = await reward.score(prompt, responses, options);
        return Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)));
      },
      ...disposable(() => backend.dispose()),
    };
  } catch (error) {
    await backend.dispose();
    throw error;
  }
};
