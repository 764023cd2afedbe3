import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Blocks, DenoiserNetwork, Past } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';
import { blockMask } from '../attention/attention-mask.js';
import { linear } from '../layers/linear.js';
import { rmsNorm } from '../layers/rms-norm.js';
import { type DecoderShape, decoderParameters } from './decoder-config.js';
import { decoderLayers } from './decoder-layers.js';

interface DecodeInputs {
  readonly ids: Value;
  readonly start?: Value;
  readonly past?: Past;
  readonly positions?: Value;
  readonly blocks?: Blocks | undefined;
}

/** A decoder whose attention looks both ways, in the whole sequence or up to the end of its block, with a head of its own or (`tied`) the embedding table as its head. */
export const bidirectionalDecoder = (
  shape: DecoderShape,
  {
    tied,
    shifted,
  }: Pick<DenoiserNetwork, 'shifted'> & {
    /** The field of config.json that says so. */
    readonly tied: string | undefined;
  },
): DenoiserNetwork => {
  const { embeddings } = shape;
  const headTable = `${shape.head}.weight`;
  const decode = (g: GraphBuilder, weights: Weights, inputs: DecodeInputs) => {
    const { ids, start, past, positions, blocks } = inputs;
    const length = g.Shape(ids, { start: 1, end: 2 });
    return decoderLayers(g, weights, shape, {
      rows: weights.rows(g, embeddings, g.Reshape(ids, [-1])),
      batch: g.Shape(ids, { start: 0, end: 1 }),
      length,
      start,
      past,
      wanted: positions,
      ...(blocks === undefined ? {} : { mask: blockMask(g, length, blocks, start) }),
    });
  };
  const head = (g: GraphBuilder, weights: Weights, hidden: Value) => {
    const normalised = rmsNorm(g, weights, shape.norm, hidden, shape.epsilon);
    return tied !== undefined
      ? weights.product(g, embeddings, normalised, null)
      : linear(g, weights, shape.head, normalised);
  };
  return {
    task: 'denoiser',
    base: 'model',
    ...(tied === undefined ? {} : { tied: { field: tied, head: headTable } }),
    ...shape,
    shifted,
    parameters: new Map([
      ...decoderParameters(shape),
      ...(tied !== undefined ? [] : [[headTable, [shape.rows, shape.width]] as const]),
    ]),

    logits: (g, weights, inputs) => head(g, weights, decode(g, weights, inputs).rows),
    block: {
      layers: shape.layers,
      keyValueHeads: shape.keyValueHeads,
      headWidth: shape.headWidth,
      kept: (g, weights, ids) => decode(g, weights, { ids }).kept,
      logits: (g, weights, inputs) => head(g, weights, decode(g, weights, inputs).rows),
    },
  };
};
