import type { DifferentiableReward } from '@entrgi/core';
import { type HubOptions, loadClassifier, type TemplateOptions, type WeightOptions } from '@entrgi/models';
import { type NetworkRewardOptions, networkReward } from './network-reward.js';

/**
 * A reward model from a checkpoint directory in Hugging Face layout (config.json, model.safetensors, tokenizer.json), or from the hub by its
 * id; the reward is label 0 of its classifier. The weights stay in their file. The caller disposes the result, and afterwards the backend.
 * Throws CheckpointError for files that are missing, corrupt or contradict each other, UnsupportedError for other architectures, and what
 * resolveCheckpoint of @entrgi/models throws.
 */
export const loadReward = async (
  source: string,
  options: NetworkRewardOptions & HubOptions & WeightOptions & TemplateOptions,
): Promise<DifferentiableReward> => networkReward(await loadClassifier(source, options), options);
