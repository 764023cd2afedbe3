import {
  BackendError,
  CONTRACT_VERSION,
  type DifferentiableReward,
  disposable,
  InvalidArgumentError,
  NumericalError,
  type Prompt,
  type Session,
  type Tensor,
  UnsupportedError,
} from '@entrgi/core';
import {
  type Lazy,
  lazily,
  type OptionNames,
  requireBackend,
  requireBoolean,
  requireKnownOptions,
  requireText,
  requireThat,
} from '@entrgi/core/internal';
import type { Classifier, EncodedText, RuntimeOptions } from '@entrgi/models';
import type { Piece } from '@entrgi/models/internal';
import { runtimeOptionNames } from '@entrgi/models/internal';
import type { Model } from '@entrgi/onnx';
import { encodeModel, pruneGraph } from '@entrgi/onnx/graphs';
import { angleNodes, int64Tensor } from '@entrgi/onnx/internal';
import { lastTokenApart } from './context/last-token-apart.js';
import { leadingTokens } from './context/leading-tokens.js';
import { mixFeeds } from './context/mix-feeds.js';
import { rewardContext } from './context/reward-context.js';
import { type RewardTokensOptions, rewardTokens, rewardTokensOptionNames } from './context/reward-tokens.js';
import { rewardValues } from './context/reward-values.js';
import { tokenFeeds } from './context/token-feeds.js';
import type { Columns } from './graph/gradient-graph.js';
import { leadingGraph, leadingTensors } from './graph/leading-graph.js';
import { prefixGraph, prefixTensors } from './graph/prefix-graph.js';
import { scoreGraph } from './graph/score-graph.js';
import type { HoldRequest } from './held/hold-logits.js';

/** Where a reward model runs, how it holds its weights, and what it is fed for tokens it lacks. */
export interface NetworkRewardOptions extends RuntimeOptions, RewardTokensOptions {
  /**
   * Hold the weights once, memory-mapped: half the memory, about 8 % slower.
   * @default false
   */
  readonly disablePrepacking?: boolean | undefined;
  /**
   * Compute what comes before the response once per prompt where the network is causal, and not for every
   * response or step, and the same of the tokens that all responses begin with for good: the same rewards to
   * about 1e-6. False serves comparisons.
   * @default true
   */
  readonly prefixReuse?: boolean | undefined;
  /**
   * Compute forward values again for the gradient instead of keeping them all: the memory of one block's
   * values instead of every block's, for about 1.4 times the time. The same gradient.
   * @default false
   */
  readonly recompute?: boolean | undefined;
  /**
   * Take whole guidance steps as one graph, so that logits stay on the device: softmax, drawing, update and
   * all. The same results but for rounding, and for draws that fall on the edge between two tokens. On the
   * processor it takes about 1.3 times the time of JavaScript.
   * @default where the backend is a device
   */
  readonly fused?: boolean | undefined;
}

/** The options of networkReward, by name. */
export const networkRewardOptionNames: OptionNames<NetworkRewardOptions> = {
  ...runtimeOptionNames,
  ...rewardTokensOptionNames,
  disablePrepacking: requireBoolean,
  prefixReuse: requireBoolean,
  recompute: requireBoolean,
  fused: requireBoolean,
};

/**
 * A reward with a gradient from a network. Sessions are made when first needed, all on the same mapped
 * weights: one forward-only for scores, one that also computes the gradient for each way of giving `probs`
 * (whole vocabulary, candidates), and for causal networks one for what comes before the response and one for
 * its first tokens.
 */
export const networkReward = (network: Classifier, options: NetworkRewardOptions): DifferentiableReward => {
  requireKnownOptions('networkReward', options, networkRewardOptionNames);
  requireBackend('networkReward: backend', options.backend);
  const { backend, recompute, threads, name = network.name } = options;
  // Packed weights are slow until the runtime has them in its own layout, which is as small.
  const packed = network.transposedWeight !== undefined;
  const disablePrepacking = !packed && (options.disablePrepacking ?? false);
  const { tokenizer, maxLength } = network;
  const tokenIdsOf = rewardTokens(name, tokenizer.vocabulary, options);
  const reused = options.prefixReuse === false ? undefined : network.prefix;
  const sessions = new Map<string, Lazy<Session>>();
  let disposed = false;

  const session = (
    key: string,
    graph: () => Model | Promise<Model>,
    { once = disablePrepacking, keep = [] }: { once?: boolean; keep?: readonly string[] } = {},
  ): Promise<Session> => {
    if (disposed) throw new BackendError(`Reward '${name}' is disposed.`, { hint: 'Load it again.' });
    let session = sessions.get(key);
    if (session === undefined) {
      session = lazily(async () => {
        const model = await graph();
        pruneGraph(model.graph);
        return backend.createSession(
          { name: `${name} (${key})`, bytes: encodeModel(model), ...(await network.external()) },
          {
            disablePrepacking: once,
            keep,
            hostNodes: angleNodes(model.graph),
            ...(threads === undefined ? {} : { threads }),
          },
        );
      });
      sessions.set(key, session);
    }
    return session.get();
  };

  const refuseBeyondWindow = (total: number, value: unknown, parts = ''): void => {
    if (total <= maxLength) return;
    throw new InvalidArgumentError(
      `Reward '${name}': expected at most ${maxLength} tokens, got ${total}${parts}.`,
      { value, hint: 'Shorten the prompt or the response.' },
    );
  };

  /**
   * What the network keeps of the tokens before the response; undefined where they are computed along with
   * it.
   */
  const pastOf = async (prefix: Int32Array, signal?: AbortSignal) => {
    if (reused === undefined) return undefined;
    if (prefix.length === 0) return prefixTensors.empty(reused, 1);
    // It runs once per prompt: not worth a copy of the weights of its own.
    const forward = await session('prefix', () => prefixGraph(network, reused), { once: !packed });
    return forward.run(prefixFeed(prefix), { signal });
  };

  const leading = (past: Readonly<Record<string, Tensor>>, map: Int32Array, last: Piece | undefined) =>
    leadingTokens({
      keepsNone: reused!.scoresAll === true,
      before: last && leadingTensors.renamed(last),
      none: (trajectories) => leadingTensors.empty(reused!, trajectories),
      async extend(kept, tokenIds, trajectories, signal) {
        const forward = await session('leading', () => leadingGraph(network, reused!), { once: !packed });
        const dims = [trajectories, tokenIds.length / trajectories];
        return leadingTensors.renamed(
          await forward.run({ ...past, ...kept, ...tokenFeeds(dims, tokenIds, map) }, { signal }),
        );
      },
    });

  return {
    contract: CONTRACT_VERSION,
    name,
    vocabulary: tokenizer.vocabulary,

    async score(prompt, responses, { signal } = {}) {
      requireThat('responses', responses, 'an array of texts', Array.isArray(responses));
      const texts = Array.from(responses, (response, i) => {
        requireText(`responses[${i}]`, response);
        return tokenizer.encodeDialogue(prompt, response);
      });
      for (const [i, { ids }] of texts.entries()) refuseBeyondWindow(ids.length, responses[i]);
      const scores = new Float64Array(responses.length);
      if (scores.length === 0) return scores;
      const common = reused === undefined ? undefined : commonPrefix(tokenizer, prompt);
      const prefix = backend.isDevice && common?.length === 0 ? undefined : common;
      const canFollow = ({ ids }: EncodedText) =>
        prefix?.every((id, at) => ids[at] === id) === true &&
        ids.subarray(prefix.length).some((id) => reused!.isScored(id));
      let past: Awaited<ReturnType<typeof pastOf>>;
      for (const [i, text] of texts.entries()) {
        // One run each: a score must not depend on what else is scored, to the last bit.
        const follows = canFollow(text);
        const from = follows ? prefix!.length : 0;
        if (follows) past ??= await pastOf(prefix!, signal);
        const forward = await (follows
          ? session('score', () => scoreGraph(network, reused))
          : session('score, whole', () => scoreGraph(network)));
        const dims = [1, text.ids.length - from];
        const { rewards } = await forward.run(
          {
            ...(follows ? past : {}),
            ids: int64Tensor(dims, text.ids.subarray(from)),
            segments: int64Tensor(dims, text.types.subarray(from)),
          },
          { signal },
        );
        scores[i] = rewardValues(name, rewards!, 1)[0]!;
        if (Number.isFinite(scores[i])) continue;
        throw new NumericalError(
          `Reward '${name}': expected a finite reward for response ${i}, got ${scores[i]}.`,
          { value: responses[i], hint: 'Check the weights of the reward model and their precision.' },
        );
      }
      return scores;
    },

    async open(request) {
      if (network.readsAttention === false) {
        throw new UnsupportedError(
          `Reward '${name}': its network has no attention_mask, so that it cannot be told where a response ends.`,
          { value: name, hint: 'Rank with it, or export the model with an attention_mask to guide.' },
        );
      }
      const { prefix, suffix, types } = tokenizer.responseSlot(request.prompt);
      const { length } = request;
      refuseBeyondWindow(
        prefix.length + length + suffix.length,
        request.prompt,
        ` (${prefix.length} before the response, ${length} in it, ${suffix.length} after it)`,
      );
      const map = tokenIdsOf(request.vocabulary);
      // Where only padding follows the response, the score may be read anywhere in it or before it.
      const isReusable =
        suffix.some((id) => reused?.isScored(id)) && !(backend.isDevice && prefix.length < 2);
      const own = isReusable ? reused : undefined;
      const kept = own === undefined ? undefined : await pastOf(prefix);
      // With the first session it is known what computes.
      const { past, last } =
        kept !== undefined && backend.isDevice
          ? lastTokenApart(kept, prefix.length)
          : { past: kept, last: undefined };
      const feeds = mixFeeds({
        name,
        request,
        before: past ?? {
          prefix: int64Tensor([prefix.length], prefix),
          prefix_segments: int64Tensor([prefix.length], types.prefix),
        },
        leading: past === undefined ? undefined : leading(past, map, last),
        suffix,
        suffixTypes: types.suffix,
        responseType: types.response,
        map,
      });
      const tableRows = network.vocabularySize;
      const graphOptions = (columns: Columns) => ({ columns, reused: own, recompute });
      const variant = (columns: Columns) => `${columns}${own === undefined ? ', whole' : ''}`;
      const context = rewardContext({
        name,
        request,
        feeds,
        map,
        tableRows,
        gradientSession: (columns) =>
          session(`gradient, ${variant(columns)}`, async () => {
            // Imported when needed, as holdLogits: a page that only ranks does without.
            const { gradientGraph } = await import('./graph/gradient-graph.js');
            return gradientGraph(network, graphOptions(columns));
          }),
      });
      if (!(options.fused ?? backend.isDevice ?? false)) return context;
      const [{ heldGuidance }, { holdLogits }] = await Promise.all([
        import('./held/held-guidance.js'),
        import('./held/hold-logits.js'),
      ]);
      const means = {
        name,
        network,
        map,
        feeds,
        graphOptions,
        session: (key: string, columns: Columns, graph: () => Model, keep: readonly string[]) =>
          session(`${key}, ${variant(columns)}`, graph, { keep }),
      };
      const hold = (asked: HoldRequest) => holdLogits(asked, means);
      const { vocabulary } = request;
      return { ...context, held: (settings) => heldGuidance(settings, { backend, vocabulary, hold }) };
    },

    ...disposable(async () => {
      disposed = true;
      for (const session of sessions.values()) await (await session.made())?.dispose();
    }),
  };
};

/** What comes before every response; undefined where the template lets a response change it. */
const commonPrefix = (tokenizer: Classifier['tokenizer'], prompt: Prompt): Int32Array | undefined => {
  try {
    return tokenizer.responseSlot(prompt).prefix;
  } catch (error) {
    if (UnsupportedError.isInstance(error)) return undefined;
    throw error;
  }
};

const prefixFeed = (prefix: Int32Array) => ({ prefix: int64Tensor([prefix.length], prefix) });
