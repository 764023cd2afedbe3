import type { Value } from '@entrgi/onnx';
import type { InputGradient, RuleRequest } from '../../rule/rule.js';
import { shapeOf, zerosLike } from '../../rule/shapes.js';

/** One direction of a layer, all its steps side by side. */
export interface Direction {
  /** Whether its first step is the last position. */
  readonly reversed: boolean;
  /** [S, B, I] */
  readonly x: Value;
  /** States after each step and before it, [S, B, H]. */
  readonly h: Value;
  readonly before: Value;
  /** [gates · H, I] and [gates · H, H] */
  readonly W: Value;
  readonly R: Value;
  /** x Wᵀ and h′ Rᵀ with their biases, [S, B, gates · H] */
  readonly fromInput: Value;
  readonly fromState: Value;
  /** What of that is the state's bias, [gates · H]. */
  readonly stateBias: Value | undefined;
  /** Weights of the cell in the gates i, o and f, [H] each; undefined where there are none. */
  readonly peepholes: readonly [Value, Value, Value] | undefined;
  /** Gradients: of the states [S, B, H], and of the last state and cell [B, H]. */
  readonly dh: Value;
  readonly dLast: Value;
  readonly dCell: Value;
  /** Cell before the first step, [B, H] */
  readonly cell: Value;
  /** Puts [B, H] before the first step of [S, B, H], whose last is dropped. */
  readonly shifted: (states: Value, first: Value) => Value;
}

/**
 * What a direction's rule finds: gradients of the gates as the input sees them [S, B, gates · H], of the
 * first state and cell [B, H].
 */
export interface Found {
  readonly gates: Value;
  readonly state: Value;
  readonly cell?: Value;
}

/**
 * Gradients of a recurrent layer's inputs, by direction; `activations` are those of one. UnsupportedError for
 * lengths and the like, and for the gradients of weights.
 */
export function recurrentLayer(
  request: RuleRequest,
  activations: readonly string[],
  rule: (direction: Direction) => Found,
): readonly InputGradient[] {
  const { g, x, y, dy, node, attrs, needs, unsupported } = request;
  const [input, weights, recurrence, biases, lengths, firstState] = x;
  if (lengths !== '') throw unsupported('lengths of sequences have no rule');
  if ([1, 2, 3, 7].some(needs)) throw unsupported('its weights and biases have no rule');
  if (attrs.int('layout', 0) !== 0) throw unsupported('layout 1 has no rule');
  const directions = attrs.string('direction', 'forward') === 'bidirectional' ? 2 : 1;
  const given = node.attributes.activations;
  if (
    given?.kind === 'strings' &&
    given.value.some((name, i) => name !== activations[i % activations.length])
  ) {
    throw unsupported(`activations other than ${activations.join(', ')} have no rule`);
  }
  if ('clip' in node.attributes) throw unsupported('clip has no rule');
  const states = y[0] || g.node(node.opType, node.inputs, node.attributes)[0]!;
  const transposed = (matrix: Value) => g.Transpose(matrix, [1, 0]);

  const found = Array.from({ length: directions }, (_, d) => {
    const reversed = d === 1 || attrs.string('direction', 'forward') === 'reverse';
    const of = (value: Value, axis: number) => g.Gather(value, g.scalar(d, 'int64'), axis);
    const h = of(states, 1);
    const zero = g.Expand(g.scalarLike(0, h), g.Slice(shapeOf(request, h), [1], [3], [0]));
    const orZero = (value: Value) => (value === '' ? zero : of(value, 0));
    const shifted = (all: Value, first: Value) => {
      const row = g.Unsqueeze(first, [0]);
      return reversed
        ? g.Concat([g.Slice(all, [1], [2 ** 31 - 1], [0]), row], 0)
        : g.Concat([row, g.Slice(all, [0], [-1], [0])], 0);
    };
    const before = shifted(h, orZero(firstState));
    const [W, R] = [of(weights, 0), of(recurrence, 0)];
    const size = g.typeOf(recurrence).dims?.[1];
    if (typeof size !== 'number') throw unsupported('the sizes of its weights are not known');
    const [bW, bR] = biases === '' ? [] : g.Split(of(biases, 0), [size, size], 0, 2);
    const third = size / 4;
    const peepholes = x[7] === '' ? undefined : g.Split(of(x[7], 0), [third, third, third], 0, 3);
    const withBias = (product: Value, bias: Value | undefined) =>
      bias === undefined ? product : g.Add(product, bias);
    const direction: Direction = {
      reversed,
      x: input,
      h,
      before,
      W,
      R,
      fromInput: withBias(g.MatMul(input, transposed(W)), bW),
      fromState: withBias(g.MatMul(before, transposed(R)), bR),
      stateBias: bR,
      peepholes: peepholes as Direction['peepholes'],
      dh: dy[0] === '' ? zerosLike(request, h) : of(dy[0], 1),
      dLast: orZero(dy[1]),
      dCell: orZero(dy[2]),
      cell: node.opType === 'LSTM' ? orZero(x[6]) : '',
      shifted,
    };
    const result = rule(direction);
    return { ...result, dx: () => g.MatMul(result.gates, W) };
  });
  const stacked = (values: readonly Value[]) => () =>
    g.Concat(
      values.map((value) => g.Unsqueeze(value, [0])),
      0,
    );
  return [
    () => found.map(({ dx }) => dx()).reduce((a, b) => g.Add(a, b)),
    null,
    null,
    null,
    null,
    stacked(found.map(({ state }) => state)),
    stacked(found.map(({ cell }) => cell ?? '')),
  ];
}

/** The gates' parts of [S, B, gates · H], in order. */
export const gateParts = ({ g, unsupported }: RuleRequest, value: Value, count: number): Value[] => {
  const size = g.typeOf(value).dims?.at(-1);
  if (typeof size !== 'number') throw unsupported('the sizes of its weights are not known');
  return g.Split(value, new Array<number>(count).fill(size / count), 2, count);
};
