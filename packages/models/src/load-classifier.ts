import { UnsupportedError } from '@entrgi/core';
import { requireKnownOptions } from '@entrgi/core/internal';
import { architectureName } from './checkpoint/architecture-name.js';
import { readCheckpoint } from './checkpoint/checkpoint.js';
import { classifierOptionNames, type LoadClassifierOptions } from './classifier/load-classifier-options.js';
import type { LoadedClassifier } from './contracts/classifier.js';
import type { Folder } from './files/byte-source.js';
import { chooseLabel } from './network/choose-label.js';
import { fitCheckpoint } from './network/fit-checkpoint.js';
import { weightsOfLabels } from './network/label-weights.js';
import { loadTokenizer } from './prompt/load-tokenizer.js';
import { openSource } from './source/open-source.js';
import { loadWeights } from './weights/load-weights.js';

/**
 * Loads a sequence classifier: everything but the weights, which stay in their files. From a directory, an
 * ONNX file, the hub or a folder; in Hugging Face layout, or in that of transformers.js (an ONNX model
 * instead of safetensors), where it may be any.
 * @throws CheckpointError where a file is missing, corrupt or contradicts another, UnsupportedError for
 *   another architecture or, of an ONNX file, where the word embeddings cannot be found, InvalidModelError
 *   for an unsafe one, MemoryLimitError, and what resolveCheckpoint throws
 */
export const loadClassifier = async (
  source: string | Folder,
  options: LoadClassifierOptions = {},
): Promise<LoadedClassifier> => {
  requireKnownOptions('loadClassifier', options, classifierOptionNames);
  const { folder, onnx } = await openSource(source, options);
  if (onnx === undefined) return checkpointClassifier(folder, options);
  if (options.labelWeights !== undefined) {
    throw new UnsupportedError(`${folder.name}: labelWeights: expected safetensors, got an ONNX model.`, {
      value: options.labelWeights,
      hint: 'Combine several rewards by compositeReward, each with a label.',
    });
  }
  // Imported when needed: a page that loads safetensors does without it.
  const { onnxClassifier } = await import('./onnx/onnx-classifier.js');
  return onnxClassifier(folder, onnx, options);
};

const checkpointClassifier = async (
  folder: Folder,
  options: LoadClassifierOptions,
): Promise<LoadedClassifier> => {
  const directory = folder.name;
  const { checkpoint, network } = await fitCheckpoint(await readCheckpoint(folder));
  if (network.task !== 'classifier') {
    throw new UnsupportedError(
      `${directory}: expected a sequence classifier, got the ${network.task} ${architectureName(checkpoint)}.`,
      { value: directory, hint: 'Reward models are sequence classifiers.' },
    );
  }
  const { labels, usualLabel } = network;
  const { labelWeights } = options;
  const combined = labelWeights && weightsOfLabels(directory, labels, labelWeights, options.label);
  // Of several, the one that counts most stands for them.
  const label =
    combined === undefined
      ? chooseLabel(directory, labels, options.label ?? usualLabel)
      : combined.reduce((most, weight, i) => (Math.abs(weight) > Math.abs(combined[most]!) ? i : most), 0);
  const { weights, external, transposedWeight } = await loadWeights(checkpoint, network, options);
  const { config, source: files } = checkpoint;
  const { vocabularySize, width, embeddings, prefix } = network;
  const { mark, ...tokenizer } = await loadTokenizer(
    files,
    { config, vocabularySize, mark: network.mark },
    options,
  );
  return {
    name: checkpoint.name,
    external,
    ...(transposedWeight === undefined ? {} : { transposedWeight }),
    tokenizer,
    vocabulary: tokenizer.vocabulary,
    vocabularySize,
    width,
    maxLength: options.maxLength ?? network.maxLength,
    embed: (g, ids) => weights.rows(g, embeddings, ids),
    embeddingTable: (g, after) => weights.value(g, embeddings, after),
    labels,
    label,
    rewards(g, inputs) {
      const scores = network.scores(g, weights, { ...inputs, mark });
      if (combined === undefined) return g.Gather(scores, g.scalar(label, 'int64'), 1);
      const weighed = g.constant({ type: 'float32', dims: [1, labels.length], data: combined });
      return g.ReduceSum(g.Mul(scores, weighed), [1], 0);
    },
    ...(prefix === undefined
      ? {}
      : { prefix: { ...prefix, append: (g, embeds, past) => prefix.append(g, weights, embeds, past) } }),
  };
};
