import type { DifferentiableReward } from '@entrgi/core';
import { type OptionNames, pickOptions, requireBackend, requireKnownOptions } from '@entrgi/core/internal';
import { type Folder, type LoadClassifierOptions, loadClassifier } from '@entrgi/models';
import { classifierOptionNames } from '@entrgi/models/internal';
import { type NetworkRewardOptions, networkReward, networkRewardOptionNames } from './network-reward.js';

/**
 * Where a reward model comes from, which file it is, how its weights are held, which of its labels is the
 * reward, and where it runs.
 */
export interface LoadRewardOptions extends NetworkRewardOptions, LoadClassifierOptions {}

/** The options of loadReward, by name. */
export const rewardOptionNames: OptionNames<LoadRewardOptions> = {
  ...classifierOptionNames,
  ...networkRewardOptionNames,
};

/**
 * A reward model from a directory in Hugging Face layout (config.json, model.safetensors, tokenizer.json),
 * from an ONNX file, from the hub, by its id, or from a folder object: `fileFolder`, in a browser also
 * `urlFolder`; the reward is the score of its `label`. The weights stay in their files. One in
 * transformers.js layout (an ONNX model instead of safetensors) may be any sequence classifier, and is
 * differentiated from its graph. The caller disposes the result, and afterwards the backend.
 * @throws CheckpointError for files that are missing, corrupt or contradict each other, UnsupportedError for
 *   other architectures and for a graph without word embeddings to cut it at, InvalidModelError for an unsafe
 *   one, MemoryLimitError, InvalidArgumentError for an unknown option or label, and what resolveCheckpoint of
 *   @entrgi/models throws; guiding throws UnsupportedError where an operator of an ONNX graph has no gradient
 */
export const loadReward = async (
  source: string | Folder,
  options: LoadRewardOptions,
): Promise<DifferentiableReward> => {
  requireKnownOptions('loadReward', options, rewardOptionNames);
  requireBackend('loadReward: backend', options.backend);
  const classifier = await loadClassifier(
    source,
    pickOptions<LoadClassifierOptions>(options, classifierOptionNames),
  );
  return networkReward(classifier, pickOptions<NetworkRewardOptions>(options, networkRewardOptionNames));
};
