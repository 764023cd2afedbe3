import type { ConfigReader } from '../config-reader.js';
import type { ClassifierNetwork } from '../network.js';
import { causalMask } from './attention-mask.js';
import { type DecoderShape, decoderParameters } from './decoder-config.js';
import { decoderLayers } from './decoder-layers.js';
import { firstLabel, labelCount } from './labels.js';
import { linear } from './linear.js';
import { rmsNorm } from './rms-norm.js';

/**
 * A causal decoder with a linear score of the last position. Positions count from 0 whatever the attention.
 * The last position must be one that counts, which the chat template sees to: something always follows the response.
 */
export const causalClassifier = (config: ConfigReader, shape: DecoderShape): ClassifierNetwork => ({
  task: 'classifier',
  ...shape,
  parameters: new Map([
    ...decoderParameters(shape),
    ['score.weight', [labelCount(config), shape.width]] as const,
  ]),
  ignored: new Set(['lm_head.weight']),

  prefix: {
    layers: shape.layers,
    keyValueHeads: shape.keyValueHeads,
    headWidth: shape.headWidth,
    append(g, weights, embeds, past) {
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const attention = g.Expand(g.int64s([1]), g.Concat([batch, length], 0));
      return decoderLayers(g, weights, shape, {
        rows: g.Reshape(embeds, [-1, shape.width]),
        batch,
        length,
        mask: causalMask(g, attention, length),
        past,
      }).kept;
    },
  },

  rewards(g, weights, { embeds, attention, past }) {
    const batch = g.Shape(embeds, { start: 0, end: 1 });
    const length = g.Shape(embeds, { start: 1, end: 2 });
    // The last position of each sequence: (b + 1) · length − 1.
    const ends = g.Mul(
      g.Range(g.scalar(1, 'int64'), g.Squeeze(g.Add(batch, g.int64s([1])), [0]), g.scalar(1, 'int64')),
      length,
    );
    const { rows: last } = decoderLayers(g, weights, shape, {
      rows: g.Reshape(embeds, [-1, shape.width]),
      batch,
      length,
      mask: causalMask(g, attention, length),
      past,
      wanted: g.Sub(ends, g.int64s([1])),
    });
    const normalised = rmsNorm(g, weights, 'model.norm', last, shape.epsilon);
    return firstLabel(g, linear(g, weights, 'score', normalised));
  },
});
