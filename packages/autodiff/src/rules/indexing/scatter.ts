import type { Value } from '@entrgi/onnx';
import type { InputGradient, RuleRequest } from '../../rule/rule.js';
import { zerosLike } from '../../rule/shapes.js';

/** How an operator writes updates into a tensor, and reads from the same places. */
interface Places {
  readonly write: (data: Value, updates: Value, reduction?: string) => Value;
  readonly read: (data: Value) => Value;
}

function scatter(request: RuleRequest, places: Places): readonly InputGradient[] {
  const { attrs, unsupported } = request;
  const [, , updates] = request.x;
  const [dy] = request.dy;
  const reduction = attrs.string('reduction', 'none');
  switch (reduction) {
    case 'none':
      // What was overwritten has no gradient; an update has that of its place (of places written twice, each update the same).
      return [() => places.write(dy, zerosLike(request, updates)), null, () => places.read(dy)];
    case 'add':
      return [dy, null, () => places.read(dy)];
    case 'max':
    case 'min':
      return extremum(request, places);
    case 'mul':
      return product(request, places);
    default:
      throw unsupported(`reduction '${reduction}' has no rule`);
  }
}

/** The gradient belongs to what equals the result, in equal parts. */
function extremum({ g, x: [x, , updates], y: [y], dy: [dy] }: RuleRequest, { read, write }: Places) {
  const { type } = g.typeOf(y);
  const own = g.Cast(g.Equal(x, y), type);
  const others = g.Cast(g.Equal(updates, read(y)), type);
  const share = g.Div(dy, write(own, others, 'add'));
  return [() => g.Mul(share, own), null, () => g.Mul(read(share), others)];
}

/**
 * dy · product of the other factors: Π/factor, with a zero counted as 1 in Π; a zero among the others leaves
 * none.
 */
function product({ g, x: [x, , updates], y: [y], dy: [dy] }: RuleRequest, { read, write }: Places) {
  const { type } = g.typeOf(y);
  const [zero, one] = [g.scalarLike(0, y), g.scalarLike(1, y)];
  const isZero = (value: Value) => g.Equal(value, zero);
  const nonZero = (value: Value) => g.Where(isZero(value), one, value);
  const count = (value: Value) => g.Cast(isZero(value), type);
  const zeros = write(count(x), count(updates), 'add');
  const whole = write(nonZero(x), nonZero(updates), 'mul');
  const gradient = (factor: Value, at: (value: Value) => Value) => () => {
    const others = g.Sub(at(zeros), count(factor));
    const slope = g.Where(g.Greater(others, zero), zero, g.Div(at(whole), nonZero(factor)));
    return g.Mul(at(dy), slope);
  };
  return [gradient(x, (value) => value), null, gradient(updates, read)];
}

export const ScatterElements = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [, indices] = request.x;
  const axis = attrs.int('axis', 0);
  return scatter(request, {
    write: (data, updates, reduction = 'none') =>
      g.ScatterElements(data, indices, updates, { axis, reduction }),
    read: (data) => g.GatherElements(data, indices, axis),
  });
};

export const ScatterND = (request: RuleRequest) => {
  const { g } = request;
  const [, indices] = request.x;
  return scatter(request, {
    write: (data, updates, reduction = 'none') => g.ScatterND(data, indices, updates, { reduction }),
    read: (data) => g.GatherND(data, indices),
  });
};
