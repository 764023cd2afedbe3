import {
  disposable,
  type HeldLogits,
  type HoldRequest,
  type KeptRun,
  type KeptTensor,
  NumericalError,
  type SeenRows,
  type Session,
  type Tensor,
} from '@entrgi/core';
import type { Classifier } from '@entrgi/models';
import type { Model } from '@entrgi/onnx';
import { int64Tensor } from '@entrgi/onnx/internal';
import type { MixFeeds } from '../context/mix-feeds.js';
import { checkValues, rowsFor } from '../context/reward-context.js';
import { rewardValues } from '../context/reward-values.js';
import type { Columns, GradientGraphOptions } from '../graph/gradient-graph.js';
import { heldTensors, nextOf, readGraph, startGraph, stepGraph } from './held-graphs.js';
import { filterOf } from './keep-largest.js';
import { filterInput, type HeldKind } from './look.js';

export interface HoldMeans {
  /** What errors call the reward. */
  readonly name: string;
  readonly network: Classifier;
  /** Table row of each of the denoiser's tokens, −1 for those to be embedded as zero. */
  readonly map: Int32Array;
  readonly feeds: MixFeeds;
  graphOptions(columns: Columns): GradientGraphOptions;
  session(key: string, columns: Columns, graph: () => Model, keep: readonly string[]): Promise<Session>;
}

/** Holds logits where a reward's sessions run, as outputs of one run that the next is fed. */
export const holdLogits = async (
  request: HoldRequest,
  { name, network, map, feeds, graphOptions, session }: HoldMeans,
): Promise<HeldLogits> => {
  const { logits, size, scales, optimizer, signal } = request;
  const rows = logits.length / size;
  const filters = request.filters.flatMap((rule) => filterOf(rule) ?? []);
  const kind: HeldKind = {
    size,
    filters: filters.map((filter) => filter.kind),
    optimizer: optimizer.adam === undefined ? 'ascent' : 'adam',
  };
  const columns =
    size === network.vocabularySize && map.every((row, id) => row === id) ? 'table' : 'candidates';
  const key = `${size} tokens, ${[kind.optimizer, ...kind.filters].join(', ')}`;
  const names = heldTensors(kind);
  const keep = names.map(nextOf);
  const looking: Record<string, Tensor> = {
    entropy_scale: scalar(scales.entropy),
    draw_scale: scalar(scales.draw),
    ...Object.fromEntries(filters.map(({ number }, i) => [filterInput(i), scalar(number)])),
  };
  const stepping: Record<string, Tensor> = {
    soft_scale: scalar(scales.soft),
    ...(columns === 'table'
      ? {}
      : {
          candidates: int64Tensor([size], rowsFor(map)),
          shares: {
            type: 'float32',
            dims: [1, size],
            data: Float32Array.from(map, (row) => (row < 0 ? 0 : 1)),
          },
        }),
  };

  let held: Record<string, KeptTensor> = {};
  let seen: SeenRows;
  let updates = 0;
  const release = async (tensors: Record<string, KeptTensor>) => {
    await Promise.all(Object.values(tensors).map((tensor) => tensor.dispose()));
  };
  const take = async ({ outputs, kept }: KeptRun): Promise<void> => {
    const old = held;
    held = Object.fromEntries(names.map((each) => [each, kept[nextOf(each)]!]));
    await release(old);
    const data = (output: string) => outputs[output]!.data as Float32Array;
    seen = {
      drawn: Int32Array.from(data('drawn')),
      modes: Int32Array.from(data('modes')),
      entropies: data('entropies'),
    };
  };
  const uniformsOf = (uniforms: Float64Array): Tensor => ({
    type: 'float32',
    dims: [rows, 1],
    data: Float32Array.from(uniforms),
  });

  const start = await session(`start, ${key}`, columns, () => startGraph(kind), keep);
  const given: Tensor = { type: 'float32', dims: [rows, size], data: logits };
  await take(
    await start.runKeeping!({ ...looking, given, uniforms: uniformsOf(request.uniforms) }, { signal }),
  );
  return {
    get seen() {
      return seen;
    },

    async step(mix, uniforms) {
      const graph = () => stepGraph(network, kind, graphOptions(columns));
      const own = await feeds.of(mix);
      const step = await session(`step, ${key}`, columns, graph, keep);
      updates += 1;
      const run = await step.runKeeping!(
        {
          ...own,
          ...stepping,
          ...looking,
          ...optimizerFeeds(optimizer, updates),
          ...held,
          uniforms: uniformsOf(uniforms),
        },
        { signal: mix.signal },
      );
      await take(run);
      const values = Float64Array.from(rewardValues(name, run.outputs.rewards!, mix.trajectories));
      checkValues(name, values);
      checkSquares(name, (run.outputs.squares!.data as Float32Array)[0]!);
      return values;
    },

    async read(target) {
      const reader = await session('read', columns, readGraph, []);
      const { values } = await reader.run({ logits: held.logits! });
      (values!.data as Float32Array).forEach((value, i) => {
        if (target[i] !== Number.NEGATIVE_INFINITY) target[i] = value;
      });
    },

    ...disposable(() => release(held)),
  };
};

const scalar = (value: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) });

const optimizerFeeds = (
  { learningRate, adam }: HoldRequest['optimizer'],
  updates: number,
): Record<string, Tensor> => {
  if (adam === undefined) return { step_size: scalar(learningRate) };
  const { beta1, beta2, epsilon } = adam;
  return {
    step_size: scalar(learningRate / (1 - beta1 ** updates)),
    correction: scalar(1 / Math.sqrt(1 - beta2 ** updates)),
    beta1: scalar(beta1),
    beta2: scalar(beta2),
    epsilon: scalar(epsilon),
  };
};

/** Throws NumericalError where a part of the gradient is not finite, or its square is too large for Adam. */
const checkSquares = (name: string, squares: number): void => {
  if (Number.isFinite(squares)) return;
  throw new NumericalError(
    `Reward '${name}': expected a gradient that is finite, and its squares too, got ${squares} for their sum.`,
    {
      value: squares,
      hint: 'Check the weights of the reward model and their precision, and lower the learning rate.',
    },
  );
};
