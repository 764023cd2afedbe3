import type { GraphBuilder, Value } from '@entrgi/onnx';
import { countUp } from '@entrgi/onnx/internal';
import type { ClassifierNetwork, PrefixNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';
import { causalPaddingMask } from '../attention/attention-mask.js';
import { knowsNoLength, positions } from '../attention/rotary.js';
import { readLabels } from '../layers/labels.js';
import { linear } from '../layers/linear.js';
import { rmsNorm } from '../layers/rms-norm.js';
import { type DecoderShape, decoderParameters } from './decoder-config.js';
import { decoderLayers } from './decoder-layers.js';

/**
 * A causal decoder with a linear score of the last token that is not the padding token of config.json,
 * wherever that stands in the text. Positions count from 0 whatever the attention.
 */
export const causalClassifier = (config: ConfigReader, shape: DecoderShape): ClassifierNetwork => {
  const labels = readLabels(config);
  const paddingId = config.raw('pad_token_id');
  const { window } = shape;
  const masks = (g: GraphBuilder, present: Value, length: Value) => ({
    mask: causalPaddingMask(g, present, length),
    window: window && { mask: causalPaddingMask(g, present, length, window.width), slides: window.layers },
  });
  return {
    task: 'classifier',
    base: 'model',
    ...shape,
    labels,
    parameters: new Map([
      ...decoderParameters(shape),
      ['score.weight', [labels.length, shape.width]] as const,
    ]),
    // Apart from the rest, its tokens would turn by a length that is not the sequence's; and tokens with a window do not see all of the past.
    ...(knowsNoLength(shape.rope) && window === undefined ? { prefix: prefixNetwork(shape, paddingId) } : {}),

    scores(g, weights, { embeds, attention, ids, past }) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const starts = g.Mul(countUp(g, g.Squeeze(batch, [0])), length);
      const { rows: last } = decoderLayers(g, weights, shape, {
        rows: embedded(g, shape, embeds),
        batch,
        length,
        ...masks(g, attention, length),
        past,
        wanted: g.Add(starts, lastToken(g, { ids, attention, length, paddingId })),
      });
      const normalized = rmsNorm(g, weights, 'model.norm', last, shape.epsilon, shape.normOffset);
      return linear(g, weights, 'score', normalized);
    },
  };
};

/** Rows [batch · length, width]. */
const embedded = (g: GraphBuilder, { width, embeddingScale = 1 }: DecoderShape, embeds: Value): Value => {
  const rows = g.Reshape(embeds, [-1, width]);
  return embeddingScale === 1 ? rows : g.Mul(rows, g.scalar(embeddingScale, 'float32'));
};

const prefixNetwork = (shape: DecoderShape, paddingId: unknown): PrefixNetwork => ({
  layers: shape.layers,
  keyValueHeads: shape.keyValueHeads,
  headWidth: shape.headWidth,
  isScored: (id) => id !== paddingId,
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

/** Position of the last token that counts and is not padding, [batch]; 0 where none is. */
const lastToken = (
  g: GraphBuilder,
  { ids, attention, length, paddingId }: { ids: Value; attention: Value; length: Value; paddingId: unknown },
): Value => {
  const counts =
    typeof paddingId === 'number' && Number.isSafeInteger(paddingId)
      ? g.Where(g.Equal(ids, g.scalar(paddingId, 'int64')), g.scalar(0, 'int64'), attention)
      : attention;
  return g.ReduceMax(g.Mul(positions(g, length), counts), [1], 0);
};
