import type { Value } from '@entrgi/onnx';
import { broadcasting, type RuleRequest } from '../../rule/rule.js';
import { countAlong, delayed, rankOf } from '../../rule/shapes.js';
import { inSinglePrecision } from '../../rule/single-precision.js';

/** From `axis` to the last: what is normalized together. */
function normalizedAxes(request: RuleRequest): number[] {
  const axis = request.attrs.int('axis', -1);
  if (axis === -1) return [-1];
  const rank = rankOf(request, request.x[0]);
  const first = axis < 0 ? axis + rank : axis;
  return Array.from({ length: rank - first }, (_, i) => first + i);
}

/**
 * y = n · scale + bias, n = (x − mean) · r, r = 1/√(variance + ε). With s = dy · scale: ∂x = r · (s − mean(s)
 * − n · mean(s · n)); r is computed again, since runtimes differ in what the optional outputs hold.
 */
export const LayerNormalization = broadcasting(
  (request) => {
    const { g, needs, attrs, unsupported } = request;
    const [input, scale] = request.x;
    const [dy, dMean, dInverse] = request.dy;
    if (dMean !== '' || dInverse !== '') throw unsupported('its statistics have no rule');
    const { widen, back } = inSinglePrecision(request, request.x[0]);
    const axes = normalizedAxes(request);
    const mean = (value: Value) => g.ReduceMean(value, axes);
    const dyWide = widen(dy);
    if (!needs(0) && !needs(1)) return [null, null, dy];
    const x = widen(delayed(request, input, dy));
    const centred = g.Sub(x, mean(x));
    const variance = mean(g.Mul(centred, centred));
    const r = g.Reciprocal(g.Sqrt(g.Add(variance, g.scalarLike(attrs.float('epsilon', 1e-5), x))));
    const n = g.Mul(centred, r);
    const dx = () => {
      const s = g.Mul(dyWide, widen(scale));
      const projection = g.Mul(n, mean(g.Mul(s, n)));
      return back(g.Mul(r, g.Sub(g.Sub(s, mean(s)), projection)));
    };
    return [dx, () => back(g.Mul(dyWide, n)), dy];
  },
  { inputs: [1, 2] },
);

/**
 * y = x · r · scale, r = 1/√(mean(x²) + ε) over d elements. With s = dy · scale and Q = Σx² + dε, so that r²
 * = d/Q: ∂x = r · (s − x · Σ(s·x) / Q). r is computed again: the operator's second output is something else
 * on WebGPU.
 */
export const SimplifiedLayerNormalization = broadcasting(
  (request) => {
    const { g, attrs, unsupported } = request;
    const [input, scale] = request.x;
    const [dy, dInverse] = request.dy;
    if (dInverse !== '') throw unsupported('its statistics have no rule');
    const { widen, back } = inSinglePrecision(request, request.x[0]);
    const axes = normalizedAxes(request);
    const x = widen(input);
    const dyWide = widen(dy);
    const squares = g.node('ReduceSumSquare', [x, g.int64s(axes)])[0]!;
    const epsilon = attrs.float('epsilon', 1e-5);
    const { known, value: d } = countAlong(request, x, axes, g.typeOf(x).type);
    const q = g.Add(
      squares,
      known === undefined ? g.Mul(d, g.scalarLike(epsilon, x)) : g.scalarLike(known * epsilon, x),
    );
    const r = g.Sqrt(g.Div(d, q));
    const dx = () => {
      const s = g.Mul(dyWide, widen(scale));
      const projection = g.Mul(x, g.Div(g.ReduceSum(g.Mul(s, x), axes), q));
      return back(g.Mul(r, g.Sub(s, projection)));
    };
    return [dx, () => back(g.Mul(g.Mul(dyWide, r), x))];
  },
  { inputs: [1] },
);

/** The same, under its standard name and without the second output. */
export const RMSNormalization = SimplifiedLayerNormalization;
