import { chosenWeights } from '../checkpoint/chosen-weights.js';
import { onnxDataFiles } from '../checkpoint/onnx-data-files.js';
import { isOnnxCandidate, type WeightChoice, weightCandidates } from '../checkpoint/weight-choice.js';
import { readWeightMap } from '../checkpoint/weight-map.js';
import { requireJson } from '../files/json-file.js';
import { nodeFolder } from '../files/node-folder.js';
import { qwenTokenizerFiles } from '../tokenizer/file/qwen-tokenizer-file.js';

/**
 * What a checkpoint needs and a directory does not have, by name.
 * @throws CheckpointError where its index of shards cannot be read, InvalidModelError where its ONNX model
 *   cannot
 */
export const missingFiles = async (directory: string, choice: WeightChoice): Promise<string[]> => {
  const folder = nodeFolder(directory);
  const isThere = async (file: string): Promise<boolean> => {
    const opened = await folder.open(file);
    await opened?.close();
    return opened !== undefined;
  };
  const hasVocabulary = (await Promise.all(qwenTokenizerFiles.map(isThere))).every((there) => there);
  const weights = (await chosenWeights(folder, choice)) ?? weightCandidates(choice)[0]!;
  const wanted = ['config.json', ...(hasVocabulary ? [] : ['tokenizer.json']), weights];
  if (await isThere(weights)) wanted.push(...(await furtherFiles(directory, weights)));
  const there = await Promise.all(wanted.map(isThere));
  return wanted.filter((_, i) => !there[i]);
};

/**
 * What weights, which are there, name as the files of more: an index its shards, an ONNX model its external
 * data.
 */
const furtherFiles = async (directory: string, weights: string): Promise<Iterable<string>> => {
  if (isOnnxCandidate(weights)) return onnxDataFiles(directory, weights);
  if (!weights.endsWith('.json')) return [];
  const index = await requireJson(nodeFolder(directory), weights);
  return new Set(readWeightMap(index, `${directory}/${weights}`).values());
};
