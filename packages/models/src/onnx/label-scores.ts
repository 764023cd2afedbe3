import { InvalidArgumentError, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';

export interface LabelScoresOptions {
  /** int64 [batch, length]. */
  readonly ids: Value;
  readonly label: number;
  /** How many labels there must be, if not one score for each text; undefined: any number. */
  readonly labels: number | undefined;
  /** What errors call the logits. */
  readonly what: string;
}

/**
 * The score of one label for each text, float32 [batch], of `logits` float32 [batch, labels] or [batch].
 * Where their shape is not known before they are computed and turns out to be another, there are no scores at
 * all: whoever runs the graph counts them.
 * @throws UnsupportedError for another shape, InvalidArgumentError for a label that is not there
 */
export const labelScores = (
  g: GraphBuilder,
  logits: Value,
  { ids, label, labels, what }: LabelScoresOptions,
): Value => {
  const { dims } = g.typeOf(logits);
  if (dims !== undefined && (dims.length < 1 || dims.length > 2)) {
    throw new UnsupportedError(`${what}: expected [batch, labels] or [batch], got [${dims.join(', ')}].`, {
      value: dims,
      hint: 'Export the model for the task of sequence classification, or name another output.',
    });
  }
  const columns = dims?.length === 1 ? 1 : dims?.[1];
  if (typeof columns !== 'number') return scoresIfAny(g, logits, { ids, label, labels });
  if (labels !== undefined && columns !== 1 && columns !== labels) {
    throw new UnsupportedError(`${what}: expected ${labels} labels, as config.json says, got ${columns}.`, {
      value: columns,
      hint: 'Name another output, or the label by number if these are scores.',
    });
  }
  if (label >= columns) {
    throw new InvalidArgumentError(`${what}: label: expected one of ${columns} labels, got ${label}.`, {
      value: label,
    });
  }
  return dims?.length === 1 ? logits : g.Gather(logits, g.scalar(label, 'int64'), 1);
};

/**
 * The same where only running tells: every n-th of the flat logits from the label on, n being their number
 * over the batch's.
 */
const scoresIfAny = (
  g: GraphBuilder,
  logits: Value,
  { ids, label, labels }: Pick<LabelScoresOptions, 'ids' | 'label' | 'labels'>,
): Value => {
  const number = (value: number) => g.int64s([value]);
  const batch = g.Shape(ids, { start: 0, end: 1 });
  const flat = g.Reshape(logits, [-1]);
  const count = g.Shape(flat);
  const columns = g.Div(count, batch);
  const conditions = [
    g.Less(g.Shape(g.Shape(logits)), number(3)),
    g.Equal(g.Mul(columns, batch), count),
    g.Less(number(label), columns),
  ];
  if (labels !== undefined) {
    conditions.push(g.Or(g.Equal(columns, number(labels)), g.Equal(columns, number(1))));
  }
  const holds = conditions.reduce((both, condition) => g.And(both, condition));
  const texts = g.Sub(g.CumSum(g.Expand(number(1), batch), g.scalar(0, 'int64')), number(1));
  const places = g.Add(g.Mul(texts, columns), number(label));
  const end = g.Where(holds, batch, number(0));
  return g.Gather(flat, g.Slice(places, number(0), end, [0]), 0);
};
