import { CheckpointError, NotFoundError } from '@entrgi/core';
import { listedNames } from '../checkpoint/listed-names.js';
import { isUsualOnnxData } from '../checkpoint/onnx-data-files.js';
import { otherWeights, refuseAdapter } from '../checkpoint/other-weights.js';
import { isOnnxCandidate, type WeightChoice, weightCandidates } from '../checkpoint/weight-choice.js';
import { requireSensibleSize } from '../files/size-limits.js';
import type { HubFile } from '../hub/hub-repository.js';
import { qwenTokenizerFiles } from '../tokenizer/file/qwen-tokenizer-file.js';

/** What is wanted besides weights and the tokenizer's vocabulary, where the repository has it. */
const settingsFiles = [
  'config.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'chat_template.jinja',
  'additional_chat_templates/tool_use.jinja',
  'chat_template.json',
  'generation_config.json',
];

/** The files of a repository that loading a checkpoint needs. */
export interface WantedFiles {
  readonly files: readonly HubFile[];
  /** Those of them that are no weights: configuration, tokenizer, the index of shards. */
  readonly metadata: readonly HubFile[];
  /** The one that is an ONNX model, unless the weights are safetensors. It may name more files. */
  readonly onnx?: HubFile;
}

/**
 * Chooses among the files of a repository; `readShards` is called with the index where the weights are
 * safetensors in several, and names them.
 * @throws CheckpointError, before anything is fetched, where the weights are in no format that can be loaded
 *   or a text file is of unreasonable size, and NotFoundError for a `choice.file` that is not there
 */
export const wantedFiles = async (
  id: string,
  files: readonly HubFile[],
  choice: WeightChoice,
  readShards: (index: HubFile) => Promise<Iterable<string>>,
): Promise<WantedFiles> => {
  const byName = new Map(files.map((file) => [file.name, file]));
  const required = requiredFrom(id, byName);
  refuseAdapter(id, [...byName.keys()]);
  const layout = 'Expected a model in the layout of transformers.';
  required('config.json', layout);
  const vocabulary = qwenTokenizerFiles.flatMap((name) => byName.get(name) ?? []);
  const tokenizer =
    !byName.has('tokenizer.json') && vocabulary.length === qwenTokenizerFiles.length
      ? vocabulary
      : [required('tokenizer.json', layout)];
  const settings = [...settingsFiles.flatMap((name) => byName.get(name) ?? []), ...tokenizer];
  const weights = chosenFile(id, byName, choice);
  for (const { name, size } of [...settings, weights]) requireSensibleSize(name, size, id);
  if (isOnnxCandidate(weights.name)) {
    const data = files.filter(({ name }) => isUsualOnnxData(name, weights.name));
    return { files: [...settings, weights, ...data], metadata: settings, onnx: weights };
  }
  if (!weights.name.endsWith('.json')) return { files: [...settings, weights], metadata: settings };
  const shards = [...new Set(await readShards(weights))].map((name) =>
    required(name, `${weights.name} names it: tell the repository's author.`),
  );
  return { files: [...settings, weights, ...shards], metadata: [...settings, weights] };
};

/**
 * The files of a repository that an ONNX model of it names.
 * @throws CheckpointError where it has no such files
 */
export const wantedOnnxData = (
  id: string,
  files: readonly HubFile[],
  model: HubFile,
  names: readonly string[],
): HubFile[] => {
  const required = requiredFrom(id, new Map(files.map((file) => [file.name, file])));
  return names.map((name) => required(name, `${model.name} names it: tell the repository's author.`));
};

const requiredFrom =
  (id: string, byName: ReadonlyMap<string, HubFile>) =>
  (name: string, hint: string): HubFile => {
    const file = byName.get(name);
    if (file !== undefined) return file;
    throw new CheckpointError(`${id}: the repository has no ${name}.`, { value: name, hint });
  };

const chosenFile = (id: string, byName: ReadonlyMap<string, HubFile>, choice: WeightChoice): HubFile => {
  const candidates = weightCandidates(choice);
  const chosen = candidates.flatMap((name) => byName.get(name) ?? [])[0];
  const models = [...byName.keys()].filter((name) => name.endsWith('.onnx'));
  const { file } = choice;
  if (chosen !== undefined && (file === undefined || models.includes(file))) return chosen;
  const has = models.length === 0 ? 'It has none' : `It has ${listedNames(models)}`;
  if (file !== undefined) {
    throw new NotFoundError(`${id}: the repository has no ONNX model ${JSON.stringify(file)}.`, {
      value: file,
      hint: `${has}.`,
    });
  }
  const { weights = 'any' } = choice;
  throw new CheckpointError(`${id}: expected one of ${candidates.join(', ')}, got none.`, {
    value: candidates,
    hint:
      weights === 'safetensors' || models.length === 0
        ? otherWeights([...byName.keys()], models.length > 0)
        : `${has}: name one with the option file.`,
  });
};
