import {
  type DifferentiableReward,
  type OptionNames,
  pickOptions,
  requireBackend,
  requireBoolean,
  requireKnownOptions,
  requireMemoryLimit,
  requireText,
  requireWhole,
} from '@entrgi/core';
import {
  chooseLabel,
  firstPosition,
  type HubOptions,
  hubOptionNames,
  longestSequence,
  readLabels,
  readOnnxFile,
  readTokenizer,
  requireLabel,
  resolveCheckpoint,
  type TemplateOptions,
  templateOptionNames,
  type VerifyOptions,
  verifySnapshot,
} from '@entrgi/models';
import { canonicalize } from '@entrgi/onnx';
import { scoreGraph } from './graph/score-graph.js';
import { type NetworkRewardOptions, networkReward, networkRewardOptionNames } from './network-reward.js';
import { onnxNetwork } from './onnx/onnx-network.js';
import { wordLookup } from './onnx/word-lookup.js';

/** Which file, output and label are the reward, and where it comes from if it is on the hub. */
export interface OnnxRewardOptions extends NetworkRewardOptions, HubOptions, TemplateOptions, VerifyOptions {
  /** The model's file in the directory or repository. Default: onnx/model.onnx, else model.onnx. */
  readonly file?: string;
  /** Output that holds the scores, [batch, labels] or [batch]. Default: `logits`, else the only output. */
  readonly output?: string;
  /** Label whose score is the reward, by number or by its name in config.json. Default: 0 where there is one label, or none has a name of its own. */
  readonly label?: number | string | undefined;
  /** Longest sequence in tokens. Default: what config.json says. */
  readonly maxLength?: number;
  /** Bytes that the weights may take. Default: the memory of the machine, or of the container. */
  readonly memoryLimit?: number | undefined;
}

const optionNames: OptionNames<OnnxRewardOptions> = {
  ...networkRewardOptionNames,
  ...hubOptionNames,
  ...templateOptionNames,
  file: requireText,
  output: requireText,
  label: requireLabel,
  maxLength: (name, value) => requireWhole(name, value, 1),
  memoryLimit: requireMemoryLimit,
  verify: requireBoolean,
};

/**
 * A reward from any exported ONNX sequence classifier, in the layout of transformers.js: onnx/model.onnx or model.onnx, config.json,
 * tokenizer.json; of a directory or from the hub, by its id. The graph is cut at its word embeddings and differentiated; its weights are read
 * from where they are.
 * Throws InvalidModelError for a file that is not a safe ONNX model, CheckpointError for the others, UnsupportedError where the word
 * embeddings cannot be found or an operator on the way has no gradient, MemoryLimitError, and what resolveCheckpoint of @entrgi/models throws.
 */
export const onnxReward = async (
  source: string,
  options: OnnxRewardOptions,
): Promise<DifferentiableReward> => {
  requireKnownOptions('onnxReward', options, optionNames);
  requireBackend('onnxReward: backend', options.backend);
  const directory = await resolveCheckpoint(source, { ...options, weights: 'onnx' });
  await verifySnapshot(directory, options);
  const {
    path,
    folder,
    model: read,
  } = await readOnnxFile(directory, options.file, {
    memoryLimit: options.memoryLimit,
    // One session scores and another one computes gradients.
    copies: options.disablePrepacking === true ? 1 : 2,
  });
  const name = options.name ?? path;
  const model = canonicalize(read);
  const lookup = wordLookup(model, name);
  const { tokenizer, config } = await readTokenizer(directory, lookup.vocabularySize, options);
  const maxLength = options.maxLength ?? longestSequence(config);
  const { output } = options;
  const known = readLabels(config);
  // A number is taken at its word, whatever config.json says.
  const isNumber = typeof options.label === 'number';
  const label = isNumber ? (options.label as number) : chooseLabel(name, known, options.label);
  const network = onnxNetwork({
    model,
    lookup,
    name,
    external: async () => ({ folder }),
    tokenizer,
    maxLength,
    output,
    label,
    labels: isNumber ? undefined : known.length,
    firstPosition: firstPosition(config),
  });
  // What could only fail later.
  scoreGraph(network);
  return networkReward(network, pickOptions<NetworkRewardOptions>(options, networkRewardOptionNames));
};
