import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { ClassifierInputs, ClassifierNetwork } from '../../contracts/network.js';
import { paddingMask } from '../attention/attention-mask.js';
import { type BertShape, bertEncoder, bertParameters } from './bert-encoder.js';
import { type PooledHead, pooledHead, pooledHeadParameters } from './pooled-head.js';

/** What BERT and its kin do not have in common. */
export interface BertClassifier {
  /** Of the labels, in order. */
  readonly labels: readonly string[];
  readonly shape: BertShape;
  /** The two layers of the score, and what is between them. */
  readonly head: Pick<PooledHead, 'dense' | 'score' | 'activation'>;
  /** Rows of the position table, where they are not one after the other. */
  positions?(g: GraphBuilder, inputs: ClassifierInputs): Value;
}

/** BERT's encoder with two layers over the first position as its score. */
export const bertClassifier = ({
  labels,
  shape,
  head: own,
  positions,
}: BertClassifier): ClassifierNetwork => {
  const head = { ...own, width: shape.width, labels: labels.length };
  return {
    task: 'classifier',
    base: shape.root,
    labels,
    ...shape,
    width: shape.narrow?.width ?? shape.width,
    parameters: new Map([...bertParameters(shape), ...pooledHeadParameters(head)]),

    scores(g, weights, inputs) {
      const { embeds, attention, segments } = inputs;
      const batch = g.Shape(embeds, { start: 0, end: 1 });
      const length = g.Shape(embeds, { start: 1, end: 2 });
      const mask = paddingMask(g, attention, length);
      const placed = positions === undefined ? {} : { positions: positions(g, inputs) };
      const rows = bertEncoder(g, weights, shape, { embeds, segments, ...placed, batch, length, mask });
      return pooledHead(g, weights, head, rows, { batch, length });
    },
  };
};
