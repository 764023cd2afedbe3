import { type Denoiser, disposable, type SessionOptions, UnsupportedError } from '@entrgi/core';
import { requireBackend, requireKnownOptions } from '@entrgi/core/internal';
import type { Model } from '@entrgi/onnx';
import { encodeModel, pruneGraph } from '@entrgi/onnx/graphs';
import { angleNodes } from '@entrgi/onnx/internal';
import { architectureName } from './checkpoint/architecture-name.js';
import { readCheckpoint } from './checkpoint/checkpoint.js';
import { denoiserOptionNames, type LoadDenoiserOptions } from './denoiser/load-denoiser-options.js';
import { networkDenoiser } from './denoiser/network-denoiser.js';
import { requireMask } from './denoiser/session-denoiser.js';
import type { Folder } from './files/byte-source.js';
import { chooseBlockAttention } from './network/choose-block-attention.js';
import { fitCheckpoint } from './network/fit-checkpoint.js';
import { loadTokenizer } from './prompt/load-tokenizer.js';
import { openSource } from './source/open-source.js';
import { loadWeights } from './weights/load-weights.js';

/**
 * Loads a masked diffusion language model from a directory in Hugging Face layout (config.json,
 * model.safetensors or an index with shards, tokenizer.json, tokenizer_config.json), from an ONNX file, from
 * the hub, by its id, or from a folder object: `fileFolder`, in a browser also `urlFolder`. The weights stay
 * in their files; the runtime maps them where they lie on a disk. One in transformers.js layout (an ONNX
 * model instead of safetensors) may be any fill-mask model.
 * @throws CheckpointError where a file is missing, corrupt or contradicts another, UnsupportedError for
 *   another architecture or, of an ONNX file, for other inputs and outputs than those of the task fill-mask,
 *   InvalidModelError for an unsafe one, MemoryLimitError, and what resolveCheckpoint throws
 */
export const loadDenoiser = async (
  source: string | Folder,
  options: LoadDenoiserOptions,
): Promise<Denoiser> => {
  requireKnownOptions('loadDenoiser', options, denoiserOptionNames);
  requireBackend('loadDenoiser: backend', options.backend);
  const { folder, onnx } = await openSource(source, options);
  if (onnx === undefined) return checkpointDenoiser(folder, options);
  // Imported when needed: a page that loads safetensors does without it.
  const { onnxDenoiser } = await import('./onnx/onnx-denoiser.js');
  return onnxDenoiser(folder, onnx, options);
};

const checkpointDenoiser = async (from: Folder, options: LoadDenoiserOptions): Promise<Denoiser> => {
  const directory = from.name;
  const { checkpoint, network } = await fitCheckpoint(await readCheckpoint(from));
  if (network.task !== 'denoiser') {
    throw new UnsupportedError(
      `${directory}: expected a denoiser, got the ${network.task} ${architectureName(checkpoint)}.`,
      { value: directory, hint: 'Load it as a reward.' },
    );
  }
  const blockAttention = await chooseBlockAttention(checkpoint, network, options);
  const loaded = await loadWeights(checkpoint, network, options);
  const { weights, external, disablePrepacking, disableSeldomPrepacking } = loaded;
  const { config, source: files } = checkpoint;
  const tokenizer = await loadTokenizer(
    files,
    { config, vocabularySize: network.vocabularySize, maskToken: network.maskToken },
    { ...options, templateVariables: { ...network.templateVariables, ...options.templateVariables } },
  );
  requireMask(tokenizer, directory);
  const name = options.name ?? checkpoint.name;
  const { backend, threads } = options;
  const create = async (model: Model, sessionOptions: SessionOptions) =>
    backend.createSession(
      { name, bytes: encodeModel(model), ...(await external()) },
      { ...sessionOptions, hostNodes: angleNodes(model.graph) },
    );
  const { experts, width } = network;
  const pool =
    experts === undefined
      ? undefined
      : (await import('./experts/open-experts.js')).openExperts({
          experts,
          width,
          weights,
          memory: loaded.experts!,
          open: (model) => create(model, { disablePrepacking, threads: 1 }),
        });
  const open = async (model: Model, special: SessionOptions = {}) => {
    pruneGraph(model.graph);
    const own = { disablePrepacking, ...(threads === undefined ? {} : { threads }), ...special };
    if (pool === undefined) return create(model, own);
    const { mixtureSession } = await import('./experts/mixture-session.js');
    return mixtureSession(model, pool, (part) => create(part, own));
  };
  const denoiser = await networkDenoiser({
    source: directory,
    name,
    maxLength: options.maxLength ?? network.maxLength,
    tokenizer,
    network,
    weights,
    blockAttention,
    disableSeldomPrepacking,
    // Experts that are sessions of their own compute one after the other, in JavaScript's order.
    keptOn: pool === undefined && (options.fused ?? backend.isDevice) ? backend : undefined,
    open,
  });
  if (pool === undefined) return denoiser;
  const dispose = async () => {
    await denoiser.dispose();
    await pool.dispose();
  };
  return { ...denoiser, ...disposable(dispose) };
};
