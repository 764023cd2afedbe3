import type { Backend, BlockAttention, Denoiser, DenoiserRequest, Session } from '@entrgi/core';
import { lazily } from '@entrgi/core/internal';
import type { Model } from '@entrgi/onnx';
import { int64Tensor } from '@entrgi/onnx/internal';
import type { DenoiserNetwork } from '../contracts/network.js';
import type { Tokenizer } from '../contracts/tokenizer.js';
import type { Weights } from '../contracts/weights.js';
import { aroundGraph, blockGraph } from './block-graphs.js';
import { blockOffset } from './block-offset.js';
import { causalBlocks } from './causal-blocks.js';
import { causalGraph, ownTensors, sharedTensors } from './causal-graph.js';
import { denoiserGraph } from './denoiser-graph.js';
import { openBlock } from './open-block.js';
import { readGraph } from './read-graph.js';
import { sessionDenoiser } from './session-denoiser.js';

export interface NetworkDenoiserOptions {
  readonly name: string;
  /** The folder that it is loaded from. */
  readonly source: string;
  /** Longest sequence in tokens. */
  readonly maxLength: number;
  readonly tokenizer: Tokenizer;
  readonly network: DenoiserNetwork;
  readonly weights: Weights;
  /** Where tokens see no later block. */
  readonly blockAttention: BlockAttention | undefined;
  /** Whether the weights of a graph that runs seldom are held once. */
  readonly disableSeldomPrepacking: boolean;
  /** What whole sequences' logits stay on, where it pays to leave them there. */
  readonly keptOn: Backend | undefined;
  /** Makes a session of a graph on the weights. */
  open(
    model: Model,
    options?: { readonly disablePrepacking?: boolean; readonly keep?: readonly string[] },
  ): Promise<Session>;
}

/**
 * A denoiser from a network and its weights. One session serves where tokens see no later block; else there
 * is one for whole sequences and, made when first needed, two for blocks.
 */
export const networkDenoiser = async (options: NetworkDenoiserOptions): Promise<Denoiser> => {
  const { name, source, maxLength, tokenizer, network, weights, blockAttention } = options;
  const { disableSeldomPrepacking, keptOn, open } = options;
  const shared = {
    name,
    source,
    tokenizer,
    maxLength,
    shifted: network.shifted,
    output: 'logits',
  };
  const asFed = ({ tokenIds, batch, length, positions }: DenoiserRequest) => ({
    ids: int64Tensor([batch, length], tokenIds),
    positions: int64Tensor([positions.length], positions),
  });
  const { block } = network;
  if (blockAttention !== undefined && block?.knowsNoLength === true) {
    const session = await open(causalGraph(block, weights, blockAttention.blockLength));
    return sessionDenoiser({
      ...shared,
      blockAttention,
      session,
      feeds: (request) => ({
        ...asFed(request),
        ...sharedTensors.empty(block, 1),
        ...ownTensors.empty(block, request.batch),
        start: int64Tensor([1], [0]),
        offset: int64Tensor([1], [blockOffset(blockAttention, request.promptLength)]),
      }),
      openBlock: causalBlocks({
        name,
        shifted: network.shifted,
        shape: block,
        attention: blockAttention,
        session,
      }),
    });
  }
  const keep = keptOn === undefined ? [] : [shared.output];
  const session = await open(denoiserGraph(network, weights, blockAttention?.blockLength), { keep });
  const reader = lazily(() => open(readGraph()));
  const whole = {
    ...shared,
    session,
    kept: keptOn && { backend: keptOn, reader: reader.get },
    dispose: async () => (await reader.made())?.dispose(),
  };
  if (blockAttention !== undefined) {
    return sessionDenoiser({
      ...whole,
      blockAttention,
      feeds: (request) => ({
        ...asFed(request),
        offset: int64Tensor([1], [blockOffset(blockAttention, request.promptLength)]),
      }),
    });
  }
  if (block === undefined) return sessionDenoiser({ ...whole, feeds: asFed });
  // What lies around a block is computed once for it.
  const around = lazily(() =>
    open(aroundGraph(block, weights), { disablePrepacking: disableSeldomPrepacking }),
  );
  const inside = lazily(() => open(blockGraph(block, weights)));
  const sessions = { around: around.get, block: inside.get };
  return sessionDenoiser({
    ...whole,
    feeds: asFed,
    openBlock: (request) => openBlock(sessions, shared, request),
    async dispose() {
      for (const session of [around, inside, reader]) await (await session.made())?.dispose();
    },
  });
};
