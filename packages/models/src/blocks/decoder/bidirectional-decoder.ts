import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { BlockNetwork, DenoiserNetwork } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';
import { blockMask } from '../attention/attention-mask.js';
import { knowsNoLength } from '../attention/rotary.js';
import { linear } from '../layers/linear.js';
import { rmsNorm } from '../layers/rms-norm.js';
import { type DecoderShape, decoderParameters } from './decoder-config.js';
import { decoderLayers } from './decoder-layers.js';

/**
 * A decoder whose attention looks both ways, in the whole sequence or up to the end of its block, with a head
 * of its own or (`tied`) the embedding table as its head.
 */
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
  const head = (g: GraphBuilder, weights: Weights, hidden: Value) => {
    const normalized = rmsNorm(g, weights, shape.norm, hidden, shape.epsilon);
    return tied !== undefined
      ? weights.product(g, embeddings, normalized, null)
      : linear(g, weights, shape.head, normalized);
  };
  const decode: BlockNetwork['decode'] = (g, weights, { ids, positions, start, past, blocks }) => {
    const length = g.Shape(ids, { start: 1, end: 2 });
    const { rows, kept } = decoderLayers(g, weights, shape, {
      rows: weights.rows(g, embeddings, g.Reshape(ids, [-1])),
      batch: g.Shape(ids, { start: 0, end: 1 }),
      length,
      start,
      past,
      wanted: positions,
      ...(blocks === undefined ? {} : { mask: blockMask(g, length, blocks, start) }),
    });
    return { kept, logits: () => head(g, weights, rows) };
  };
  const experts = Array.from(
    { length: shape.layers },
    (_, layer) => shape.feedForward?.(layer)?.experts ?? [],
  ).flat();
  return {
    task: 'denoiser',
    base: 'model',
    ...(tied === undefined ? {} : { tied: { field: tied, head: headTable } }),
    ...shape,
    shifted,
    ...(experts.length === 0 ? {} : { experts }),
    parameters: new Map([
      ...decoderParameters(shape),
      ...(tied !== undefined ? [] : [[headTable, [shape.vocabularySize, shape.width]] as const]),
    ]),

    logits: (g, weights, inputs) => decode(g, weights, inputs).logits(),
    block: {
      layers: shape.layers,
      keyValueHeads: shape.keyValueHeads,
      headWidth: shape.headWidth,
      knowsNoLength: knowsNoLength(shape.rope),
      decode,
    },
  };
};
