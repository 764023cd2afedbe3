import type { GraphBuilder, Value } from '@entrgi/onnx';
import { countUp } from '@entrgi/onnx/internal';
import type { ClassifierNetwork, MarkedInputs, PrefixNetwork } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';
import { causalPaddingMask } from '../attention/attention-mask.js';
import { knowsNoLength } from '../attention/rotary.js';
import { rmsNorm } from '../layers/rms-norm.js';
import { type DecoderShape, decoderParameters } from './decoder-config.js';
import { decoderLayers } from './decoder-layers.js';

/** What a head makes its scores of. */
export interface HeadInputs extends Pick<MarkedInputs, 'ids' | 'attention' | 'mark'> {
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  /**
   * Appends the decoder: its normalized rows at `at` of each sequence, positions int64 [batch] each, one
   * after the other; all of them without any. To be called once.
   */
  hidden(...at: Value[]): Value;
}

/** What stands behind the layers of a causal decoder. */
export interface CausalHead extends Pick<ClassifierNetwork, 'labels' | 'mark' | 'usualLabel'> {
  /** Shape of each of its tensors, by name. */
  readonly parameters: readonly (readonly [string, readonly number[]])[];
  /** Absent where it looks at tokens before the response, so that they cannot be left out. */
  readonly prefix?: Pick<PrefixNetwork, 'isScored' | 'scoresAll'>;
  /** The score of each label, [batch, labels]. */
  scores(g: GraphBuilder, weights: Weights, inputs: HeadInputs): Value;
}

/** A causal decoder with some head. Positions count from 0 whatever the attention. */
export const causalNetwork = (shape: DecoderShape, head: CausalHead): ClassifierNetwork => {
  const { window } = shape;
  const { parameters, prefix, scores, ...facts } = head;
  const masks = (g: GraphBuilder, present: Value, length: Value) => ({
    mask: causalPaddingMask(g, present, length),
    window: window && { mask: causalPaddingMask(g, present, length, window.width), slides: window.layers },
  });
  // Apart from the rest, its tokens would turn by a length that is not the sequence's; and tokens with a window do not see all of the past.
  const isApart = prefix !== undefined && knowsNoLength(shape.rope) && window === undefined;
  return {
    task: 'classifier',
    base: 'model',
    ...shape,
    ...facts,
    parameters: new Map([...decoderParameters(shape), ...parameters]),
    ...(isApart ? { prefix: { ...prefixNetwork(shape), ...prefix } } : {}),

    scores(g, weights, { embeds, attention, ids, past, mark }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      return scores(g, weights, {
        ...{ ids, attention, mark, batch, length },
        hidden(...at) {
          const starts = g.Mul(countUp(g, g.Squeeze(batch, [0])), length);
          const flat = at.map((positions) => g.Add(starts, positions));
          const { rows } = decoderLayers(g, weights, shape, {
            rows: embedded(g, shape, embeds),
            batch,
            length,
            ...masks(g, attention, length),
            past,
            wanted: flat.length > 1 ? g.Concat(flat, 0) : flat[0],
          });
          return rmsNorm(g, weights, shape.norm, rows, shape.epsilon, shape.normOffset);
        },
      });
    },
  };
};

/** Rows [batch · length, width]. */
const embedded = (g: GraphBuilder, { width, embeddingScale = 1 }: DecoderShape, embeds: Value): Value => {
  const rows = g.Reshape(embeds, [-1, width]);
  return embeddingScale === 1 ? rows : g.Mul(rows, g.scalar(embeddingScale, 'float32'));
};

const prefixNetwork = (shape: DecoderShape): Omit<PrefixNetwork, 'isScored'> => ({
  layers: shape.layers,
  keyValueHeads: shape.keyValueHeads,
  headWidth: shape.headWidth,
  append(g, weights, embeds, past) {
    const batch = g.Shape(embeds, { start: 0, end: 1 });
    const length = g.Shape(embeds, { start: 1, end: 2 });
    const attention = g.Expand(g.int64s([1]), g.Concat([batch, length], 0));
    return decoderLayers(g, weights, shape, {
      rows: embedded(g, shape, embeds),
      batch,
      length,
      mask: causalPaddingMask(g, attention, length),
      past,
    }).kept;
  },
});
