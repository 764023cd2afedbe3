import {
  type DrawnRows,
  disposable,
  type FilterRule,
  type KeptLogits,
  type KeptRun,
  type KeptTensor,
  NumericalError,
  type OptimizerRule,
  type Session,
  type Tensor,
} from '@entrgi/core';
import type { Classifier } from '@entrgi/models';
import { readGraph } from '@entrgi/models/internal';
import type { Model } from '@entrgi/onnx';
import { int64Tensor } from '@entrgi/onnx/internal';
import type { MixedResponses } from '../context/check-mix.js';
import type { MixFeeds } from '../context/mix-feeds.js';
import { checkValues, rowsFor } from '../context/reward-context.js';
import { rewardValues } from '../context/reward-values.js';
import type { Columns, GradientGraphOptions } from '../graph/gradient-graph.js';
import { drawGraph, heldTensors, nextOf, startGraph, startKeptGraph, stepGraph } from './held-graphs.js';
import { filterOf } from './keep-largest.js';
import { filterInput, type HeldKind } from './look.js';

/** What one denoising step's logits are held for. */
export interface HoldRequest {
  /** φ of every token, shape [rows, size], −∞ for tokens that may not be drawn; or what is on the device. */
  readonly logits: Float32Array | KeptLogits;
  /** Number of tokens in the vocabulary. */
  readonly size: number;
  /**
   * q = softmax(φ · soft), the entropy is that of softmax(φ · entropy), and tokens are drawn from softmax(φ ·
   * draw).
   */
  readonly scales: { readonly soft: number; readonly entropy: number; readonly draw: number };
  /** Applied, in order, to what tokens are drawn from that the reward is shown. */
  readonly filters: readonly FilterRule[];
  readonly optimizer: OptimizerRule;
  /** A number in [0, 1) per row, which draws a token of the logits as they are given, shape [rows]. */
  readonly uniforms: Float64Array;
  readonly signal?: AbortSignal | undefined;
}

/** What guidance needs to know of each row, shape [rows] each. */
export interface SeenRows {
  /** The token drawn. */
  readonly drawn: Int32Array;
  /** The token of the highest logit, the first of equals. */
  readonly modes: Int32Array;
  /** Entropy in nats. */
  readonly entropies: Float32Array;
}

/** What is known of logits as they were given: shape [rows] each. */
export interface GivenRows {
  /** Entropy of what tokens are drawn from, before filters, in nats. */
  readonly entropies: Float32Array;
  /** Of those left on the device: how many are NaN or +∞. */
  readonly faults?: Float32Array | undefined;
  /** Of the same, the highest of a token that may be drawn; −1e30 where there is none. */
  readonly highest?: Float32Array | undefined;
}

/** What the final tokens are drawn with. */
export interface HeldDraw {
  readonly uniforms: Float64Array;
  /** False: the most probable token. */
  readonly isRandom: boolean;
  readonly filters: readonly FilterRule[];
}

/** Logits that are held where the reward computes: nothing of the vocabulary's size comes out unless read. */
export interface HeldLogits {
  /** Of the logits as they are now. */
  readonly seen: SeenRows;
  readonly given: GivenRows;
  /**
   * One guidance step: the reward of the mixtures, its gradient, and the optimizer's update of the logits;
   * then draws by `uniforms` from what they have become. Returns the reward per trajectory, before the
   * update.
   */
  step(mix: MixedResponses, uniforms: Float64Array): Promise<Float64Array>;
  /** Writes the logits as they are now to an array of the same shape, except where −∞ was given. */
  read(logits: Float32Array): Promise<void>;
  /** Draws from the logits as they are now; `faults`: how many of each row are not finite. */
  draw(request: HeldDraw): Promise<Omit<DrawnRows, 'initialEntropies'> & { readonly faults: Float32Array }>;
  dispose(): Promise<void>;
}

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
  const rows = request.uniforms.length;
  const { kinds: filters, feeds: filtering } = filterFeeds(request.filters);
  const kind: HeldKind = { size, filters, optimizer: optimizer.adam === undefined ? 'ascent' : 'adam' };
  const columns =
    size === network.vocabularySize && map.every((row, id) => row === id) ? 'table' : 'candidates';
  const key = `${size} tokens, ${[kind.optimizer, ...filters].join(', ')}`;
  const names = heldTensors(kind);
  const keep = names.map(nextOf);
  const looking: Record<string, Tensor> = {
    entropy_scale: scalar(scales.entropy),
    draw_scale: scalar(scales.draw),
    ...filtering,
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
    seen = {
      drawn: Int32Array.from(numbersOf(outputs, 'drawn')),
      modes: Int32Array.from(numbersOf(outputs, 'modes')),
      entropies: numbersOf(outputs, 'entropies'),
    };
  };
  const uniformsOf = (uniforms: Float64Array): Tensor => ({
    type: 'float32',
    dims: [rows, 1],
    data: Float32Array.from(uniforms),
  });

  const isKept = !(logits instanceof Float32Array);
  const start = await session(
    `start${isKept ? ' from kept' : ''}, ${key}`,
    columns,
    () => (isKept ? startKeptGraph(kind) : startGraph(kind)),
    keep,
  );
  const run = await start.runKeeping!(
    {
      ...looking,
      ...(isKept ? keptFeeds(logits) : givenFeed(logits, size)),
      uniforms: uniformsOf(request.uniforms),
    },
    { signal },
  );
  await take(run);
  const given = {
    entropies: numbersOf(run.outputs, 'initial_entropies'),
    ...(isKept
      ? { faults: numbersOf(run.outputs, 'faults'), highest: numbersOf(run.outputs, 'highest') }
      : {}),
  };
  return {
    get seen() {
      return seen;
    },
    given,

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
      const { values } = await reader.run({ kept: held.logits! });
      (values!.data as Float32Array).forEach((value, i) => {
        if (target[i] !== Number.NEGATIVE_INFINITY) target[i] = value;
      });
    },

    async draw({ uniforms, isRandom, filters }) {
      const { kinds, feeds: filtering } = filterFeeds(filters);
      const drawing = await session(
        `draw, ${size} tokens, ${kinds.join(', ')}`,
        columns,
        () => drawGraph({ size, filters: kinds }),
        [],
      );
      const outputs = await drawing.run(
        {
          ...filtering,
          logits: held.logits!,
          uniforms: uniformsOf(uniforms),
          draw_scale: scalar(scales.draw),
          is_random: scalar(isRandom ? 1 : 0),
        },
        { signal },
      );
      return {
        tokenIds: Int32Array.from(numbersOf(outputs, 'tokens')),
        optimizedEntropies: numbersOf(outputs, 'entropies'),
        filteredEntropies: numbersOf(outputs, 'filtered_entropies'),
        probabilities: numbersOf(outputs, 'probabilities'),
        margins: numbersOf(outputs, 'margins'),
        logits: numbersOf(outputs, 'token_logits'),
        logSumExps: numbersOf(outputs, 'log_sum_exps'),
        faults: numbersOf(outputs, 'faults'),
      };
    },

    ...disposable(() => release(held)),
  };
};

const numbersOf = (outputs: Readonly<Record<string, Tensor>>, name: string): Float32Array =>
  outputs[name]!.data as Float32Array;

const scalar = (value: number): Tensor => ({ type: 'float32', dims: [], data: Float32Array.of(value) });

const givenFeed = (logits: Float32Array, size: number): Record<string, Tensor> => ({
  given: { type: 'float32', dims: [logits.length / size, size], data: logits },
});

const keptFeeds = ({ tensor, size, sources, excluded, kinds }: KeptLogits) => ({
  given: tensor,
  sources: int64Tensor([sources.length], sources),
  excluded: {
    type: 'float32',
    dims: [excluded.length / size, size],
    data: Float32Array.from(excluded),
  } as const,
  kinds: int64Tensor([kinds.length], kinds),
});

/** The kinds of filters that exclude something, of which graphs are made, and their numbers. */
const filterFeeds = (rules: readonly FilterRule[]) => {
  const filters = rules.flatMap((rule) => filterOf(rule) ?? []);
  return {
    kinds: filters.map(({ kind }) => kind),
    feeds: Object.fromEntries(filters.map(({ number }, i) => [filterInput(i), scalar(number)])),
  };
};

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
