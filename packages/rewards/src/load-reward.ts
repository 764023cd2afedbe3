import {
  type DifferentiableReward,
  type OptionNames,
  pickOptions,
  requireBackend,
  requireKnownOptions,
} from '@entrgi/core';
import {
  classifierOptionNames,
  type Folder,
  type LoadClassifierOptions,
  loadClassifier,
} from '@entrgi/models';
import { type NetworkRewardOptions, networkReward, networkRewardOptionNames } from './network-reward.js';

/** Where a reward model comes from, how its weights are held, which of its labels is the reward, and where it runs. */
export interface LoadRewardOptions extends NetworkRewardOptions, LoadClassifierOptions {}

const optionNames: OptionNames<LoadRewardOptions> = { ...classifierOptionNames, ...networkRewardOptionNames };

/**
 * A reward model from a checkpoint directory in Hugging Face layout (config.json, model.safetensors, tokenizer.json), or from the hub by its
 * id; the reward is the score of its `label`. The weights stay in their file. The caller disposes the result, and afterwards the backend.
 * Throws CheckpointError for files that are missing, corrupt or contradict each other, UnsupportedError for other architectures,
 * InvalidArgumentError for an unknown option or label, and what resolveCheckpoint of @entrgi/models throws.
 */
export const loadReward = async (
  source: string | Folder,
  options: LoadRewardOptions,
): Promise<DifferentiableReward> => {
  requireKnownOptions('loadReward', options, optionNames);
  requireBackend('loadReward: backend', options.backend);
  const classifier = await loadClassifier(
    source,
    pickOptions<LoadClassifierOptions>(options, classifierOptionNames),
  );
  return networkReward(classifier, pickOptions<NetworkRewardOptions>(options, networkRewardOptionNames));
};
