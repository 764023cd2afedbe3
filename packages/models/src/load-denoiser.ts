import {
  type Backend,
  CheckpointError,
  type Denoiser,
  type DenoiserRequest,
  InvalidArgumentError,
  UnsupportedError,
} from '@entrgi/core';
import { encodeModel, GraphBuilder, type Model } from '@entrgi/onnx';
import { readCheckpoint } from './checkpoint.js';
import { loadTokenizer } from './load-tokenizer.js';
import { loadWeights } from './load-weights.js';
import type { DenoiserNetwork } from './network.js';
import { architectureName, readNetwork } from './read-network.js';
import type { WeightOptions } from './weight-options.js';
import type { Weights } from './weights.js';

/** Where a denoiser runs, and how it holds its weights. */
export interface LoadDenoiserOptions extends WeightOptions {
  readonly backend: Backend;
  /** Default: the name of the directory. */
  readonly name?: string;
  /**
   * Also round activations to 8 bits in products with `q8` and `q4` weights: faster on processors with instructions for it, and less exact.
   * Not for rewards, whose gradient would be zero. Default: false.
   */
  readonly int8Activations?: boolean | undefined;
  /** Threads inside one operator. Default: the backend's. */
  readonly threads?: number;
}

/**
 * Loads a masked diffusion language model from a directory in Hugging Face layout (config.json, model.safetensors or an index with shards,
 * tokenizer.json, tokenizer_config.json). The weights stay in their files; the runtime maps them.
 * Throws CheckpointError where a file is missing, corrupt or contradicts another, UnsupportedError for another architecture.
 */
export const loadDenoiser = async (directory: string, options: LoadDenoiserOptions): Promise<Denoiser> => {
  const checkpoint = await readCheckpoint(directory);
  const network = readNetwork(checkpoint);
  if (network.task !== 'denoiser') {
    throw new UnsupportedError(
      `${directory}: expected a denoiser, got the ${network.task} ${architectureName(checkpoint)}.`,
      { value: directory, cure: 'Load it as a reward.' },
    );
  }
  const { weights, folder, weightsOnce } = await loadWeights(checkpoint, network, options);
  const tokenizer = await loadTokenizer(checkpoint.source, { config: checkpoint.config, rows: network.rows });
  const { vocabulary } = tokenizer;
  if (vocabulary.maskId === undefined) {
    throw new CheckpointError(`${directory}: there is no mask token.`, {
      value: directory,
      cure: 'Expected mask_token_id in config.json or mask_token in tokenizer_config.json.',
    });
  }
  const name = options.name ?? checkpoint.name;
  const { backend, threads } = options;
  const session = await backend.createSession(
    { name, bytes: encodeModel(denoiserGraph(network, weights)), folder },
    { weightsOnce, ...(threads === undefined ? {} : { threads }) },
  );
  const { maxLength } = network;

  return {
    name,
    vocabulary,
    maxLength,
    encodePrompt(prompt) {
      const ids = tokenizer.encodePrompt(prompt);
      if (ids.length < maxLength) return ids;
      throw new InvalidArgumentError(
        `Expected a prompt of fewer than ${maxLength} tokens, got ${ids.length}.`,
        {
          value: prompt,
          cure: `The window of ${name} holds prompt and response together.`,
        },
      );
    },
    decode: (tokenIds) => tokenizer.decode(tokenIds),
    async logits(request) {
      checkRequest(request, network, name);
      const { tokenIds, batch, length, positions, signal } = request;
      if (positions.length === 0) return new Float32Array(0);
      const at = network.shifted ? positions.map((p) => (p % length === 0 ? p : p - 1)) : positions;
      const outputs = await session.run(
        {
          ids: { type: 'int64', dims: [batch, length], data: BigInt64Array.from(tokenIds, BigInt) },
          positions: { type: 'int64', dims: [at.length], data: BigInt64Array.from(at, BigInt) },
        },
        { signal },
      );
      return outputs.logits!.data as Float32Array;
    },
    dispose: () => session.dispose(),
  };
};

/** Inputs `ids` int64 [batch, length] and flat `positions` int64 [rows]; output `logits` float32 [rows, vocabulary]. */
export const denoiserGraph = (network: DenoiserNetwork, weights: Weights): Model => {
  const g = new GraphBuilder();
  const ids = g.input('ids', 'int64', ['batch', 'length']);
  const positions = g.input('positions', 'int64', ['rows']);
  g.output(network.logits(g, weights, { ids, positions }), 'logits');
  return g.model();
};

const checkRequest = (request: DenoiserRequest, network: DenoiserNetwork, name: string): void => {
  const { tokenIds, batch, length, positions } = request;
  const fail = (message: string, value: unknown): never => {
    throw new InvalidArgumentError(`${name}: ${message}.`, { value });
  };
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if (!isCount(batch) || !isCount(length) || tokenIds.length !== batch * length) {
    fail(`expected batch × length token ids (${batch} × ${length}), got ${tokenIds.length}`, tokenIds.length);
  }
  if (length > network.maxLength) {
    fail(`expected sequences of at most ${network.maxLength} tokens, got ${length}`, length);
  }
  const strange = tokenIds.find((id) => id < 0 || id >= network.rows);
  if (strange !== undefined)
    fail(`expected token ids from 0 to ${network.rows - 1}, got ${strange}`, strange);
  positions.forEach((position, i) => {
    if (position < 0 || position >= tokenIds.length || (i > 0 && position <= positions[i - 1]!)) {
      fail(`expected ascending positions below ${tokenIds.length}, got ${position} at index ${i}`, position);
    }
  });
};
