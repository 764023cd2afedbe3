import { type OptionNames, requireKnownOptions, UnsupportedError, type Vocabulary } from '@entrgi/core';
import { openFolder } from '#platform/open-folder';
import { architectureName } from './checkpoint/architecture-name.js';
import { readCheckpoint } from './checkpoint/checkpoint.js';
import type { Classifier } from './contracts/classifier.js';
import { type TemplateOptions, templateOptionNames } from './contracts/template-options.js';
import type { Tokenizer } from './contracts/tokenizer.js';
import type { Folder } from './files/byte-source.js';
import { isFolder } from './files/is-folder.js';
import { type HubOptions, hubOptionNames } from './hub/hub-options.js';
import { chooseLabel, requireLabel } from './network/choose-label.js';
import { fitCheckpoint } from './network/fit-checkpoint.js';
import { loadTokenizer } from './prompt/load-tokenizer.js';
import { loadWeights } from './weights/load-weights.js';
import { type WeightOptions, weightOptionNames } from './weights/weight-options.js';

/** A classifier whose weights lie in their files. */
export interface LoadedClassifier extends Classifier {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** Length of an embedding. */
  readonly width: number;
  /** What its labels are called, and the number of the one that is the reward. */
  readonly labels: readonly string[];
  readonly label: number;
}

/** Which label is the reward, how the weights are held, and where they come from if they are on the hub. */
export interface LoadClassifierOptions extends HubOptions, WeightOptions, TemplateOptions {
  /** Label that is the reward, by number or name. Default: 0 where there is one label, or none has a name of its own. */
  readonly label?: number | string | undefined;
}

/** The options of loadClassifier, by name. */
export const classifierOptionNames: OptionNames<LoadClassifierOptions> = {
  ...hubOptionNames,
  ...weightOptionNames,
  ...templateOptionNames,
  label: requireLabel,
};

/**
 * Loads a sequence classifier from a directory in Hugging Face layout, from the hub or from a folder: everything but the weights, which stay in their files.
 * Throws CheckpointError where a file is missing, corrupt or contradicts another, UnsupportedError for another architecture, and what
 * resolveCheckpoint throws.
 */
export const loadClassifier = async (
  source: string | Folder,
  options: LoadClassifierOptions = {},
): Promise<LoadedClassifier> => {
  requireKnownOptions('loadClassifier', options, classifierOptionNames);
  const from = isFolder(source) ? source : await openFolder(source, options);
  const directory = from.name;
  const { checkpoint, network } = await fitCheckpoint(await readCheckpoint(from));
  if (network.task !== 'classifier') {
    throw new UnsupportedError(
      `${directory}: expected a sequence classifier, got the ${network.task} ${architectureName(checkpoint)}.`,
      { value: directory, hint: 'Reward models are sequence classifiers.' },
    );
  }
  const { labels } = network;
  const label = chooseLabel(directory, labels, options.label);
  const { weights, external, transposedWeight } = await loadWeights(checkpoint, network, options);
  const { config, source: files } = checkpoint;
  const tokenizer = await loadTokenizer(files, { config, vocabularySize: network.vocabularySize }, options);
  const { vocabularySize, width, maxLength, embeddings, prefix } = network;
  return {
    name: checkpoint.name,
    external,
    ...(transposedWeight === undefined ? {} : { transposedWeight }),
    tokenizer,
    vocabulary: tokenizer.vocabulary,
    vocabularySize,
    width,
    maxLength,
    embed: (g, ids) => weights.rows(g, embeddings, ids),
    embeddingTable: (g, after) => weights.value(g, embeddings, after),
    labels,
    label,
    rewards: (g, inputs) => g.Gather(network.scores(g, weights, inputs), g.scalar(label, 'int64'), 1),
    ...(prefix === undefined
      ? {}
      : { prefix: { ...prefix, append: (g, embeds, past) => prefix.append(g, weights, embeds, past) } }),
  };
};
