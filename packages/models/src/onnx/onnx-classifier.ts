import { canonicalize, GraphBuilder } from '@entrgi/onnx';
import { readLabels } from '../blocks/layers/labels.js';
import { checkpointName } from '../checkpoint/checkpoint-name.js';
import type { LoadClassifierOptions } from '../classifier/load-classifier-options.js';
import type { Classifier, LoadedClassifier } from '../contracts/classifier.js';
import type { Folder } from '../files/byte-source.js';
import { configReader } from '../files/config-reader.js';
import { requireJson } from '../files/json-file.js';
import { chooseLabel } from '../network/choose-label.js';
import { loadTokenizer } from '../prompt/load-tokenizer.js';
import { firstPosition, longestSequence } from './longest-sequence.js';
import { readOnnxFile } from './onnx-file.js';
import { onnxNetwork } from './onnx-network.js';
import { requireAsItIs } from './require-as-it-is.js';
import { wordLookup } from './word-lookup.js';

/**
 * A classifier from an exported model, `file` of a folder in transformers.js layout, cut at its word
 * embeddings.
 * @throws InvalidModelError for a file that is not a safe ONNX model, CheckpointError for the others,
 *   UnsupportedError where the word embeddings cannot be found, MemoryLimitError
 */
export const onnxClassifier = async (
  folder: Folder,
  file: string,
  options: LoadClassifierOptions,
): Promise<LoadedClassifier> => {
  requireAsItIs(folder.name, options);
  const config = configReader(await requireJson(folder, 'config.json'), `${folder.name}/config.json`);
  const {
    path,
    model: read,
    external,
  } = await readOnnxFile(folder, file, {
    memoryLimit: options.memoryLimit,
    // One session scores and another one computes gradients.
    copies: options.disablePrepacking === true ? 1 : 2,
  });
  const model = canonicalize(read);
  const lookup = wordLookup(model, path);
  const { vocabularySize, width } = lookup;
  const tokenizer = await loadTokenizer(folder, { config, vocabularySize }, options);
  const labels = readLabels(config);
  // A number is taken at its word, whatever config.json says.
  const isNumber = typeof options.label === 'number';
  const label = isNumber ? (options.label as number) : chooseLabel(path, labels, options.label);
  const network = onnxNetwork({
    model,
    lookup,
    name: path,
    external,
    tokenizer,
    maxLength: options.maxLength ?? longestSequence(config),
    output: options.output,
    label,
    labels: isNumber ? undefined : labels.length,
    firstPosition: firstPosition(config),
  });
  checkScores(network);
  const { vocabulary } = tokenizer;
  return { ...network, name: checkpointName(folder.name), tokenizer, vocabulary, width, labels, label };
};

/** What could only fail later. */
const checkScores = (network: Classifier): void => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  network.rewards(g, { embeds: network.embed(g, ids), attention: ids, segments: ids, ids });
};
