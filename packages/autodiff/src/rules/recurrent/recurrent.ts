import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { overTime } from './over-time.js';
import { gateParts, recurrentLayer } from './recurrent-layer.js';

/** h = tanh(a): da = dh · (1 − h²), and dh of the step before is da · R */
export const RNN = (request: RuleRequest) =>
  recurrentLayer(request, ['Tanh'], ({ h, R, dh, dLast, reversed }) => {
    const { g } = request;
    const slope = g.Sub(g.scalarLike(1, h), g.Mul(h, h));
    const { emitted, carried } = overTime(g, {
      sequences: [dh, slope],
      carried: [dLast],
      constants: [R],
      backwards: !reversed,
      step: (body, { slices: [dy, bend], carried: [more], constants: [matrix] }) => {
        const da = body.Mul(body.Add(dy!, more!), bend!);
        return { carried: [body.MatMul(da, matrix!)], emitted: [da] };
      },
      like: [h],
    });
    return { gates: emitted[0]!, state: carried[0]! };
  });

/**
 * h = (1 − z) n + z h′, z = σ(…), r = σ(…), n = tanh(x Wₙ + r q), q = h′ Rₙ + b: all but the gradient of h follows side by side,
 * and that of the step before is dh · z + (dz, dr, dn · r) · R.
 */
export const GRU = (request: RuleRequest) => {
  if (request.attrs.int('linear_before_reset', 0) === 0) {
    throw request.unsupported('linear_before_reset 0 has no rule');
  }
  return recurrentLayer(
    request,
    ['Sigmoid', 'Tanh'],
    ({ before, fromInput, fromState, R, dh, dLast, h, reversed }) => {
      const { g } = request;
      const [xz, xr, xn] = gateParts(request, fromInput, 3) as [Value, Value, Value];
      const [hz, hr, q] = gateParts(request, fromState, 3) as [Value, Value, Value];
      const one = g.scalarLike(1, h);
      const [z, r] = [g.Sigmoid(g.Add(xz, hz)), g.Sigmoid(g.Add(xr, hr))];
      const n = g.Tanh(g.Add(xn, g.Mul(r, q)));
      const rise = (gate: Value) => g.Mul(gate, g.Sub(one, gate));
      const toN = g.Mul(g.Sub(one, z), g.Sub(one, g.Mul(n, n)));
      const toZ = g.Mul(g.Sub(before, n), rise(z));
      const toR = g.Mul(g.Mul(toN, q), rise(r));
      const { emitted, carried } = overTime(g, {
        sequences: [dh, z, g.Concat([toZ, toR, g.Mul(toN, r)], 2)],
        carried: [dLast],
        constants: [R],
        backwards: !reversed,
        step: (body, { slices: [dy, keep, slopes], carried: [more], constants: [matrix] }) => {
          const total = body.Add(dy!, more!);
          const gates = body.Mul(body.Concat([total, total, total], 1), slopes!);
          return {
            carried: [body.Add(body.Mul(total, keep!), body.MatMul(gates, matrix!))],
            emitted: [total],
          };
        },
        like: [h],
      });
      const [total] = emitted as [Value];
      const gates = g.Concat(
        [toZ, toR, toN].map((slope) => g.Mul(total, slope)),
        2,
      );
      return { gates, state: carried[0]! };
    },
  );
};

/**
 * c = f c′ + i n, h = o tanh(c), gates in the order i, o, f, n: dc = dc₊ f₊ + dh · o (1 − tanh² c), and dh of the step before is the
 * gates' gradients · R. The cells are computed again: the operator gives the last one alone.
 */
export const LSTM = (request: RuleRequest) => {
  const { g, x, attrs, unsupported } = request;
  if (x[7] !== '') throw unsupported('peepholes have no rule');
  if (attrs.int('input_forget', 0) !== 0) throw unsupported('input_forget has no rule');
  return recurrentLayer(
    request,
    ['Sigmoid', 'Tanh', 'Tanh'],
    ({ fromInput, fromState, R, dh, dLast, dCell, cell, h, reversed, shifted }) => {
      const parts = gateParts(request, g.Add(fromInput, fromState), 4) as [Value, Value, Value, Value];
      const [i, o, f] = parts.slice(0, 3).map((part) => g.Sigmoid(part)) as [Value, Value, Value];
      const n = g.Tanh(parts[3]);
      const cells = overTime(g, {
        sequences: [f, g.Mul(i, n)],
        carried: [cell],
        backwards: reversed,
        step: (body, { slices: [keep, add], carried: [own] }) => {
          const next = body.Add(body.Mul(keep!, own!), add!);
          return { carried: [next], emitted: [next] };
        },
        like: [h],
      }).emitted[0]!;
      const one = g.scalarLike(1, h);
      const rise = (gate: Value) => g.Mul(gate, g.Sub(one, gate));
      const bend = (value: Value) => g.Sub(one, g.Mul(value, value));
      const t = g.Tanh(cells);
      const slopes = [
        g.Mul(n, rise(i)),
        g.Mul(t, rise(o)),
        g.Mul(shifted(cells, cell), rise(f)),
        g.Mul(i, bend(n)),
      ];
      const { emitted, carried } = overTime(g, {
        sequences: [dh, g.Mul(o, bend(t)), f, g.Concat(slopes, 2)],
        carried: [dLast, dCell],
        constants: [R],
        backwards: !reversed,
        step: (body, { slices: [dy, toCell, keep, all], carried: [more, later], constants: [matrix] }) => {
          const total = body.Add(dy!, more!);
          const dc = body.Add(later!, body.Mul(total, toCell!));
          const gates = body.Mul(body.Concat([dc, total, dc, dc], 1), all!);
          return { carried: [body.MatMul(gates, matrix!), body.Mul(dc, keep!)], emitted: [gates] };
        },
        like: [fromInput],
      });
      return { gates: emitted[0]!, state: carried[0]!, cell: carried[1]! };
    },
  );
};
