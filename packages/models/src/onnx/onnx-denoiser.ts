import {
  CheckpointError,
  type Denoiser,
  type DenoiserRequest,
  type Tensor,
  UnsupportedError,
} from '@entrgi/core';
import { checkModel, encodeModel, type Graph } from '@entrgi/onnx';
import { angleNodes } from '@entrgi/onnx/internal';
import { checkpointName } from '../checkpoint/checkpoint-name.js';
import type { LoadDenoiserOptions } from '../denoiser/load-denoiser-options.js';
import { requireMask, sessionDenoiser } from '../denoiser/session-denoiser.js';
import type { Folder } from '../files/byte-source.js';
import { type ConfigReader, configReader } from '../files/config-reader.js';
import { requireJson } from '../files/json-file.js';
import { loadTokenizer } from '../prompt/load-tokenizer.js';
import { fillMaskGraph } from './fill-mask-graph.js';
import { firstPosition, longestSequence } from './longest-sequence.js';
import { readOnnxFile } from './onnx-file.js';
import { requireAsItIs } from './require-as-it-is.js';

/**
 * A denoiser from a fill-mask model, `file` of a folder in transformers.js layout. Its graph, fused or
 * quantized, runs as it is but for the choice of positions.
 */
export const onnxDenoiser = async (
  folder: Folder,
  file: string,
  options: LoadDenoiserOptions,
): Promise<Denoiser> => {
  const { backend, disablePrepacking = false, threads, memoryLimit } = options;
  checkAttention(folder.name, options);
  requireAsItIs(folder.name, options);
  const config = configReader(await requireJson(folder, 'config.json'), `${folder.name}/config.json`);
  const { path, model: read, external } = await readOnnxFile(folder, file, { memoryLimit });
  checkModel(read);
  const inputs = readInputs(read.graph, path);
  const { model, positions: positionsInput, output, vocabulary } = fillMaskGraph(read, path, options.output);
  const tokenizer = await loadTokenizer(
    folder,
    { config, vocabularySize: agreedRows(config, vocabulary, path) },
    options,
  );
  requireMask(tokenizer, folder.name);
  const first = firstPosition(config);
  const name = options.name ?? checkpointName(folder.name);
  const session = await backend.createSession(
    { name, bytes: encodeModel(model), ...(await external()) },
    {
      disablePrepacking,
      hostNodes: angleNodes(model.graph),
      ...(threads === undefined ? {} : { threads }),
    },
  );
  return sessionDenoiser({
    name,
    source: folder.name,
    tokenizer,
    maxLength: options.maxLength ?? longestSequence(config),
    shifted: false,
    session,
    output,
    feeds: (request) => ({
      ...Object.fromEntries(inputs.map((input) => [input.name, feed(input, request, first)])),
      [positionsInput]: integers('int64', [request.positions.length], request.positions),
    }),
  });
};

const checkAttention = (
  name: string,
  { attention = 'everywhere', blockLength }: LoadDenoiserOptions,
): void => {
  if (attention === 'everywhere' && blockLength === undefined) return;
  throw new UnsupportedError(
    `${name}: attention: expected 'everywhere', got '${attention}' and blockLength ${blockLength}: an ONNX model looks as it is.`,
    { value: attention, hint: 'Leave the options out.' },
  );
};

interface Input {
  readonly name: string;
  readonly type: 'int64' | 'int32';
}

/** What an exported transformer reads of each token: its id and the batch's length are all that there is. */
const meanings: Readonly<
  Record<
    string,
    (tokenIds: Int32Array, length: number, first: number) => ArrayLike<number> & Iterable<number>
  >
> = {
  input_ids: (tokenIds) => tokenIds,
  attention_mask: (tokenIds) => new Uint8Array(tokenIds.length).fill(1),
  // One text, as in training to fill in masks.
  token_type_ids: (tokenIds) => new Uint8Array(tokenIds.length),
  position_ids: (tokenIds, length, first) => tokenIds.map((_, i) => first + (i % length)),
};

const readInputs = ({ inputs, initializers }: Graph, path: string): Input[] =>
  [...inputs]
    .filter(([name]) => !initializers.has(name))
    .map(([name, { type, dims }]) => {
      if (!Object.hasOwn(meanings, name)) {
        throw new UnsupportedError(`${path}: the input '${name}' is not known.`, {
          value: name,
          hint: `Expected ${Object.keys(meanings).join(', ')}.`,
        });
      }
      const fixed = dims?.some((size) => typeof size === 'number') ?? false;
      if ((type === 'int64' || type === 'int32') && !fixed) return { name, type };
      throw new UnsupportedError(
        `${path}: the input '${name}': expected whole numbers [batch, length] of any size, got ${type} [${dims?.join(', ')}].`,
        { value: dims, hint: 'Export the model with dynamic axes.' },
      );
    });

const feed = ({ name, type }: Input, { tokenIds, batch, length }: DenoiserRequest, first: number): Tensor =>
  integers(type, [batch, length], meanings[name]!(tokenIds, length, first));

const integers = (type: Input['type'], dims: readonly number[], values: Iterable<number>): Tensor =>
  type === 'int64'
    ? { type, dims, data: BigInt64Array.from(values, BigInt) }
    : { type, dims, data: Int32Array.from(values) };

/** Rows of the vocabulary as config.json and the network's logits say. */
const agreedRows = (config: ConfigReader, columns: number | undefined, path: string): number => {
  if (columns === undefined) return config.count('vocab_size');
  if (config.raw('vocab_size') === undefined || config.count('vocab_size') === columns) return columns;
  throw new CheckpointError(
    `${path}: expected logits of ${config.count('vocab_size')} tokens, as ${config.file} says, got ${columns}.`,
    { value: columns, hint: 'Both files must come from the same model.' },
  );
};
