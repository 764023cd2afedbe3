import { CheckpointError, type DifferentiableReward } from '@entrgi/core';
import { readTokenizer } from '@entrgi/models';
import { canonicalise } from '@entrgi/onnx';
import { type NetworkRewardOptions, networkReward } from './network-reward.js';
import { onnxNetwork } from './onnx-network.js';
import { wordLookup } from './word-lookup.js';

/** Which file, output and label are the reward. */
export interface OnnxRewardOptions extends NetworkRewardOptions {
  /** The model's file in the directory. Default: onnx/model.onnx, else model.onnx. */
  readonly file?: string;
  /** Output that holds the scores, [batch, labels] or [batch]. Default: `logits`, else the only output. */
  readonly output?: string;
  /** Label whose score is the reward. Default: 0. */
  readonly label?: number;
  /** Longest sequence in tokens. Default: what config.json says. */
  readonly maxLength?: number;
}

/**
 * A reward from any exported ONNX sequence classifier, in the layout of transformers.js: onnx/model.onnx or model.onnx, config.json,
 * tokenizer.json. The graph is cut at its word embeddings and differentiated; its weights are read from where they are.
 * Throws InvalidModelError for a file that is not a safe ONNX model, CheckpointError for the others, UnsupportedError where the word
 * embeddings cannot be found or an operator on the way has no gradient.
 */
export const onnxReward = async (
  directory: string,
  options: OnnxRewardOptions,
): Promise<DifferentiableReward> => {
  const { path, folder, read } = await readFirst(
    directory,
    options.file === undefined ? usualFiles : [options.file],
  );
  const name = options.name ?? path;
  const model = canonicalise(read);
  const lookup = wordLookup(model, name);
  const { tokenizer, config } = await readTokenizer(directory, lookup.rows);
  const maxLength = options.maxLength ?? longestSequence(config);
  const { output, label } = options;
  const network = onnxNetwork({
    model,
    lookup,
    name,
    folder,
    tokenizer,
    maxLength,
    output,
    label,
  });
  return networkReward(network, options);
};

const usualFiles = ['onnx/model.onnx', 'model.onnx'];

const readFirst = async (directory: string, files: readonly string[]) => {
  // Imported when needed, so that the package also loads in a browser.
  const { access } = await import('node:fs/promises');
  const { dirname, join } = await import('node:path');
  const { readModelFile } = await import('@entrgi/onnx/node');
  for (const path of files.map((file) => join(directory, file))) {
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) return { path, folder: dirname(path), read: await readModelFile(path) };
  }
  throw new CheckpointError(`${directory}: expected ${files.join(' or ')}, got none.`, { value: directory });
};

type Config = Awaited<ReturnType<typeof readTokenizer>>['config'];

/** RoBERTa and its kin count positions from the row after the padding token's. */
const longestSequence = (config: Config): number => {
  const positions = config.count(
    config.raw('max_position_embeddings') === undefined ? 'n_positions' : 'max_position_embeddings',
  );
  const isRoberta = ['roberta', 'xlm-roberta', 'camembert'].includes(String(config.raw('model_type')));
  return isRoberta ? positions - 1 - (config.tokenId('pad_token_id', positions) ?? 1) : positions;
};
