import { disposable } from '@entrgi/core';
import { loadReward, nodeBackend } from 'entrgi';
import { modelSource } from 'entrgi/internal';
import type { Judge } from './judge.js';

/**
 * A classifier with one label as a judge: its score is the probability that the label holds. `source` is a
 * directory, or a repository of the hub.
 */
export const classifierJudge = async (
  source: string,
  { threads, name }: { readonly threads?: number | undefined; readonly name?: string | undefined } = {},
): Promise<Judge> => {
  const backend = nodeBackend({ worker: true, ...(threads === undefined ? {} : { threads }) });
  try {
    const model = await modelSource(source);
    const reward = await loadReward(model.source, { backend, revision: model.revision });
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
