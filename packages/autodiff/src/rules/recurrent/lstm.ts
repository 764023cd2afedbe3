import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { overTime } from './over-time.js';
import { type Direction, gateParts, recurrentLayer } from './recurrent-layer.js';

/**
 * c = f c′ + i n, h = o tanh(c), gates in the order i, o, f, n: dc = dc₊ f₊ + dh · o (1 − tanh² c), and dh of
 * the step before is the gates' gradients · R. The cells are computed again: the operator gives the last one
 * alone. With peepholes p, i = σ(… + pᵢ c′), f = σ(… + p_f c′) and o = σ(… + pₒ c): dc and dc′ get those
 * gates' gradients, times p, too.
 */
export const LSTM = (request: RuleRequest) => {
  const { g, attrs, unsupported } = request;
  if (attrs.int('input_forget', 0) !== 0) throw unsupported('input_forget has no rule');
  return recurrentLayer(
    request,
    ['Sigmoid', 'Tanh', 'Tanh'],
    ({ fromInput, fromState, R, peepholes, dh, dLast, dCell, cell, h, reversed, shifted }) => {
      const before = gateParts(request, g.Add(fromInput, fromState), 4) as [Value, Value, Value, Value];
      const n = g.Tanh(before[3]);
      const cells = cellsOf(g, { before, n, peepholes, cell, reversed, like: h });
      const earlier = shifted(cells, cell);
      const gate = (part: Value, seen: Value, weight: Value | undefined) =>
        g.Sigmoid(weight === undefined ? part : g.Add(part, g.Mul(seen, weight)));
      const [i, o, f] = [
        gate(before[0], earlier, peepholes?.[0]),
        gate(before[1], cells, peepholes?.[1]),
        gate(before[2], earlier, peepholes?.[2]),
      ];
      const one = g.scalarLike(1, h);
      const rise = (value: Value) => g.Mul(value, g.Sub(one, value));
      const bend = (value: Value) => g.Sub(one, g.Mul(value, value));
      const t = g.Tanh(cells);
      const [toI, toO, toF] = [g.Mul(n, rise(i)), g.Mul(t, rise(o)), g.Mul(earlier, rise(f))];
      const withGate = (sum: Value, slope: Value, weight: Value | undefined) =>
        weight === undefined ? sum : g.Add(sum, g.Mul(slope, weight));
      const toCell = withGate(g.Mul(o, bend(t)), toO, peepholes?.[1]);
      const toEarlier = withGate(withGate(f, toI, peepholes?.[0]), toF, peepholes?.[2]);
      const { emitted, carried } = overTime(g, {
        sequences: [dh, toCell, toEarlier, g.Concat([toI, toO, toF, g.Mul(i, bend(n))], 2)],
        carried: [dLast, dCell],
        constants: [R],
        backwards: !reversed,
        step: (body, { slices: [dy, own, keep, all], carried: [more, later], constants: [matrix] }) => {
          const total = body.Add(dy!, more!);
          const dc = body.Add(later!, body.Mul(total, own!));
          const gates = body.Mul(body.Concat([dc, total, dc, dc], 1), all!);
          return { carried: [body.MatMul(gates, matrix!), body.Mul(dc, keep!)], emitted: [gates] };
        },
        like: [fromInput],
      });
      return { gates: emitted[0]!, state: carried[0]!, cell: carried[1]! };
    },
  );
};

interface Cells {
  /** Of the gates i, o, f and n, before their activations. */
  readonly before: readonly [Value, Value, Value, Value];
  readonly n: Value;
  readonly peepholes: Direction['peepholes'];
  readonly cell: Value;
  readonly reversed: boolean;
  readonly like: Value;
}

/** The cell after each step. Without peepholes the gates follow side by side. */
const cellsOf = (g: GraphBuilder, { before: [i, , f], n, peepholes, cell, reversed, like }: Cells): Value => {
  const { emitted } = overTime(g, {
    sequences: peepholes === undefined ? [g.Sigmoid(f), g.Mul(g.Sigmoid(i), n)] : [f, i, n],
    carried: [cell],
    constants: peepholes === undefined ? [] : [peepholes[0], peepholes[2]],
    backwards: reversed,
    step: (body, { slices: [keep, add, value], carried: [own], constants: [toI, toF] }) => {
      const gate = (part: Value, weight: Value) => body.Sigmoid(body.Add(part, body.Mul(own!, weight)));
      const next =
        value === undefined
          ? body.Add(body.Mul(keep!, own!), add!)
          : body.Add(body.Mul(gate(keep!, toF!), own!), body.Mul(gate(add!, toI!), value));
      return { carried: [next], emitted: [next] };
    },
    like: [like],
  });
  return emitted[0]!;
};
