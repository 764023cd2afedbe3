import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../../rule/rule.js';
import { overTime } from './over-time.js';
import { type Direction, type Found, gateParts, recurrentLayer } from './recurrent-layer.js';

/**
 * h = (1 − z) n + z h′, of gates in the order z, r, n: what n reads of the state is reset after the product
 * with Rₙ, or before it.
 */
export const GRU = (request: RuleRequest) => {
  const rule = request.attrs.int('linear_before_reset', 0) === 0 ? resetFirst : resetLast;
  return recurrentLayer(request, ['Sigmoid', 'Tanh'], (direction) => rule(request, direction));
};

/**
 * z = σ(…), r = σ(…), n = tanh(x Wₙ + r q), q = h′ Rₙ + b: all but the gradient of h follows side by side,
 * and that of the step before is dh · z + (dz, dr, dn · r) · R.
 */
const resetLast = (
  request: RuleRequest,
  { before, fromInput, fromState, R, dh, dLast, h, reversed }: Direction,
): Found => {
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
};

/**
 * The same with n = tanh(x Wₙ + (r h′) Rₙ + b): with u = dn · Rₙ, dr is u · h′ r (1 − r), and that of the
 * step before dh · z + u · r + (dz, dr) · R.
 */
const resetFirst = (
  request: RuleRequest,
  { before, fromInput, fromState, stateBias, R, dh, dLast, h, reversed }: Direction,
): Found => {
  const { g } = request;
  const [xz, xr, xn] = gateParts(request, fromInput, 3) as [Value, Value, Value];
  const [hz, hr] = gateParts(request, fromState, 3) as [Value, Value, Value];
  const size = g.typeOf(R).dims![1] as number;
  const parts = (value: Value) => g.Split(value, [2 * size, size], 0, 2) as [Value, Value];
  const [Rzr, Rn] = parts(R);
  const one = g.scalarLike(1, h);
  const rise = (gate: Value) => g.Mul(gate, g.Sub(one, gate));
  const [z, r] = [g.Sigmoid(g.Add(xz, hz)), g.Sigmoid(g.Add(xr, hr))];
  const product = g.MatMul(g.Mul(r, before), g.Transpose(Rn, [1, 0]));
  const q = stateBias === undefined ? product : g.Add(product, parts(stateBias)[1]);
  const n = g.Tanh(g.Add(xn, q));
  const toZ = g.Mul(g.Sub(before, n), rise(z));
  const toN = g.Mul(g.Sub(one, z), g.Sub(one, g.Mul(n, n)));
  const { emitted, carried } = overTime(g, {
    sequences: [dh, z, r, toZ, toN, g.Mul(before, rise(r))],
    carried: [dLast],
    constants: [Rzr, Rn],
    backwards: !reversed,
    step: (body, { slices, carried: [more], constants: [toGates, toReset] }) => {
      const [dy, keep, reset, slopeOfZ, slopeOfN, slopeOfR] = slices;
      const total = body.Add(dy!, more!);
      const dn = body.Mul(total, slopeOfN!);
      const u = body.MatMul(dn, toReset!);
      const gates = body.Concat([body.Mul(total, slopeOfZ!), body.Mul(u, slopeOfR!)], 1);
      const kept = body.Add(body.Mul(total, keep!), body.Mul(u, reset!));
      return {
        carried: [body.Add(kept, body.MatMul(gates, toGates!))],
        emitted: [body.Concat([gates, dn], 1)],
      };
    },
    like: [fromInput],
  });
  return { gates: emitted[0]!, state: carried[0]! };
};
