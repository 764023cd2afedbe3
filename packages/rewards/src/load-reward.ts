import type { DifferentiableReward } from '@entrgi/core';
import { loadClassifier, type WeightOptions } from '@entrgi/models';
import { type NetworkRewardOptions, networkReward } from './network-reward.js';

/**
 * A reward model from a checkpoint directory in Hugging Face layout (config.json, model.safetensors, tokenizer.json); the reward is
 * label 0 of its classifier. The weights stay in their file. The caller disposes the result, and afterwards the backend.
 * Throws CheckpointError for files that are missing, corrupt or contradict each other, UnsupportedError for other architectures.
 */
export const loadReward = async (
  directory: string,
  options: NetworkRewardOptions & WeightOptions,
): Promise<DifferentiableReward> => networkReward(await loadClassifier(directory, options), options);
