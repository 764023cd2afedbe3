import {
  type Backend,
  BackendError,
  type DifferentiableReward,
  InvalidArgumentError,
  mapTokens,
  NumericalError,
  type Session,
} from '@entrgi/core';
import { encodeModel, type Model, pruneGraph } from '@entrgi/onnx';
import { gradientGraph } from './gradient-graph.js';
import { int64Tensor } from './int64-tensor.js';
import { rewardContext } from './reward-context.js';
import type { RewardNetwork } from './reward-network.js';
import { scoreGraph } from './score-graph.js';

/** Where a reward model runs, how it holds its weights, and what it is fed for tokens it lacks. */
export interface NetworkRewardOptions {
  readonly backend: Backend;
  /** Hold the weights once, memory-mapped: half the memory, about 8 % slower. Default: false. */
  readonly weightsOnce?: boolean;
  /**
   * What a denoiser token that the reward model lacks is embedded as: its unknown (else end) token, or a zero vector.
   * The paper's code does the former for Dream and the latter for LLaDA. Default: 'unknown'.
   */
  readonly missing?: 'unknown' | 'zero';
  /** Default: the network's own name. */
  readonly name?: string;
}

/**
 * A reward with a gradient from a network. Sessions are made when first needed, all on the same mapped weights: one forward-only for
 * scores, and one that also computes the gradient for each way of giving `probs` (whole vocabulary, candidates).
 */
export const networkReward = (
  network: RewardNetwork,
  options: NetworkRewardOptions,
): DifferentiableReward => {
  const { backend, weightsOnce = false, missing = 'unknown', name = network.name } = options;
  const { tokenizer, maxLength } = network;
  const sessions = new Map<string, Promise<Session>>();
  let disposed = false;

  const session = (key: string, graph: () => Model): Promise<Session> => {
    if (disposed) throw new BackendError(`Reward '${name}' is disposed.`, { cure: 'Load it again.' });
    let created = sessions.get(key);
    if (created === undefined) {
      const model = graph();
      pruneGraph(model.graph);
      const bytes = encodeModel(model);
      created = backend.createSession(
        { name: `${name} (${key})`, bytes, folder: network.folder },
        { weightsOnce },
      );
      sessions.set(key, created);
    }
    return created;
  };

  const refuseBeyondWindow = (prefix: number, response: number, suffix: number, value: unknown): void => {
    const total = prefix + response + suffix;
    if (total <= maxLength) return;
    throw new InvalidArgumentError(
      `Reward '${name}': expected at most ${maxLength} tokens, got ${total} ` +
        `(${prefix} before the response, ${response} in it, ${suffix} after it).`,
      { value, cure: 'Shorten the prompt or the response.' },
    );
  };

  return {
    name,

    async score(prompt, responses, { signal } = {}) {
      const { prefix, suffix } = tokenizer.around(prompt);
      const texts = responses.map((response) => tokenizer.encodeText(response));
      for (const [i, ids] of texts.entries()) {
        refuseBeyondWindow(prefix.length, ids.length, suffix.length, responses[i]);
      }
      const scores = new Float64Array(responses.length);
      for (const [i, ids] of texts.entries()) {
        // One run each: a score must not depend on what else is scored, to the last bit.
        const forward = await session('score', () => scoreGraph(network));
        const inPrompt = new Int32Array(prefix.length);
        const after = new Int32Array(ids.length + suffix.length).fill(1);
        const dims = [1, inPrompt.length + after.length];
        const { rewards } = await forward.run(
          { ids: int64Tensor(dims, [prefix, ids, suffix]), segments: int64Tensor(dims, [inPrompt, after]) },
          { signal },
        );
        scores[i] = (rewards!.data as Float32Array)[0]!;
        if (Number.isFinite(scores[i])) continue;
        throw new NumericalError(
          `Reward '${name}': expected a finite reward for response ${i}, got ${scores[i]}.`,
          { value: responses[i], cure: 'Check the weights of the reward model and their precision.' },
        );
      }
      return scores;
    },

    async open(request) {
      const template = tokenizer.around(request.prompt);
      refuseBeyondWindow(template.prefix.length, request.length, template.suffix.length, request.prompt);
      return rewardContext({
        name,
        request,
        template,
        map: mapTokens(request.vocabulary, tokenizer.vocabulary, { missing }).ids,
        tableRows: network.rows,
        gradientSession: (columns) => session(`gradient, ${columns}`, () => gradientGraph(network, columns)),
      });
    },

    async dispose() {
      disposed = true;
      for (const created of sessions.values()) await (await created.catch(() => undefined))?.dispose();
    },
  };
};
