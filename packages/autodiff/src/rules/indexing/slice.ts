import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { constantOf, positionsAlong, rankOf, sizesOf } from '../../rule/shapes.js';
import { addAlongAxis } from './add-into-zeros.js';

/** What a Slice does to one axis, as far as it is constant. */
interface Cut {
  readonly axis: number;
  readonly start: number | undefined;
  readonly end: number | undefined;
  readonly step: number | undefined;
}

/** Ends from here on mean 'to the end'. */
const FAR = 2 ** 31 - 1;

/**
 * dy with zeros around it. Where the slice strides or its bounds are computed, dy is added to zeros at the
 * positions that were taken.
 */
export const Slice = (request: RuleRequest) => {
  const [x, startsValue, endsValue, axesValue, stepsValue] = request.x;
  const rank = rankOf(request, x);
  const starts = constantOf(request, startsValue);
  const ends = constantOf(request, endsValue);
  const count = starts?.length ?? ends?.length ?? request.g.typeOf(startsValue).dims?.[0];
  const axes =
    axesValue !== ''
      ? (constantOf(request, axesValue) ?? fail(request.unsupported('its axes are computed')))
      : typeof count === 'number'
        ? Array.from({ length: count }, (_, i) => i)
        : fail(request.unsupported('the number of its bounds is computed'));
  const steps = stepsValue === '' ? axes.map(() => 1) : constantOf(request, stepsValue);
  const cuts = axes.map(
    (axis, i): Cut => ({
      axis: axis < 0 ? axis + rank : axis,
      start: starts?.[i],
      end: ends?.[i],
      step: steps?.[i],
    }),
  );
  const margins = cuts.map((cut) => marginsOf(request, cut));
  return [
    margins.every((margin) => margin !== undefined)
      ? padded(request, cuts, margins)
      : scattered(request, cuts),
  ];
};

interface Margins {
  readonly before: number | Value;
  readonly after: number | Value;
}

/** How many elements lie before and after the slice on its axis; undefined where a Pad cannot undo it. */
function marginsOf(request: RuleRequest, { axis, start, end, step }: Cut): Margins | undefined {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  if (step !== 1) return undefined;
  const size = g.typeOf(x).dims?.[axis];
  if (typeof size === 'number' && start !== undefined && end !== undefined) {
    const clamp = (position: number) =>
      Math.min(Math.max(position < 0 ? position + size : position, 0), size);
    return { before: clamp(start), after: size - Math.max(clamp(end), clamp(start)) };
  }
  const before = start !== undefined && start >= 0 ? start : undefined;
  const after = end === undefined ? undefined : end >= FAR ? 0 : end < 0 ? -end : undefined;
  const known = before ?? after;
  if (known === undefined) return undefined;
  // A slice that turns out empty leaves less beside it than its bounds say: no more than was removed.
  const removed = g.Sub(sizesOf(request, x, [axis]), sizesOf(request, dy, [axis]));
  if (before === 0) return { before, after: removed };
  if (after === 0) return { before: removed, after };
  const side = g.Min(g.int64s([known]), removed);
  const other = g.Sub(removed, side);
  return before === undefined ? { before: other, after: side } : { before: side, after: other };
}

function padded(request: RuleRequest, cuts: readonly Cut[], margins: readonly Margins[]): Value {
  const { g } = request;
  const [x] = request.x;
  const [dy] = request.dy;
  const rank = rankOf(request, x);
  const pads: (number | Value)[] = Array.from({ length: 2 * rank }, () => 0);
  cuts.forEach(({ axis }, i) => {
    pads[axis] = margins[i]!.before;
    pads[axis + rank] = margins[i]!.after;
  });
  if (pads.every((pad) => pad === 0)) return dy;
  const constant = pads.every((pad) => typeof pad === 'number');
  const vector = constant
    ? g.int64s(pads)
    : g.Concat(
        pads.map((pad) => (typeof pad === 'number' ? g.int64s([pad]) : pad)),
        0,
      );
  return g.Pad(dy, vector, g.scalarLike(0, dy));
}

/** One axis after the other: the positions that the slice took are the same slice of 0, 1, 2, …. */
function scattered(request: RuleRequest, cuts: readonly Cut[]): Value {
  const { g, x } = request;
  const one = (value: Value, constant: number | undefined, i: number) =>
    constant === undefined ? g.Slice(value, [i], [i + 1], [0]) : g.int64s([clamped(constant)]);
  return cuts.reduce((gradient, { axis, start, end, step }, i) => {
    const positions = positionsAlong(request, x[0], axis);
    const taken = g.Slice(positions, one(x[1], start, i), one(x[2], end, i), [0], one(x[4], step, i));
    const sizes = Array.from({ length: rankOf(request, x[0]) }, (_, other) =>
      sizesOf(request, other === axis ? x[0] : gradient, [other]),
    );
    const shape = sizes.length === 1 ? sizes[0]! : g.Concat(sizes, 0);
    return addAlongAxis(request, shape, gradient, taken, axis);
  }, request.dy[0]);
}

/** Exporters say 2⁶³ − 1 for 'to the end', which no number holds; every position lies within ±2⁵³. */
const clamped = (bound: number): number =>
  Math.min(Math.max(bound, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);

const fail = (error: Error): never => {
  throw error;
};
