import type { Value } from '../model/model.js';
import type { RewriteRequest, RewriteRule } from './rewrite-rule.js';

/** [C] beside [N, C, …] of a rank. */
const byChannel = (g: RewriteRequest['g'], x: Value, rank: number): Value =>
  rank <= 2
    ? x
    : g.Unsqueeze(
        x,
        Array.from({ length: rank - 2 }, (_, i) => i + 1),
      );

/** `compute` of x in float32 where it is half precision, as runtimes do it, and back. */
function inSinglePrecision({ g, type }: RewriteRequest, x: Value, compute: (x: Value) => Value): Value {
  const own = type(x);
  return own === 'float16' || own === 'bfloat16' ? g.Cast(compute(g.Cast(x, 'float32')), own) : compute(x);
}

/** (x − mean) / √(variance + ε) over some axes */
const standardized =
  ({ g, float }: RewriteRequest, axes: readonly number[]) =>
  (x: Value) => {
    const centred = g.Sub(x, g.ReduceMean(x, axes));
    const variance = g.ReduceMean(g.Mul(centred, centred), axes);
    return g.Div(centred, g.Sqrt(g.Add(variance, g.scalarLike(float('epsilon', 1e-5), x))));
  };

/** Normalizations of [N, C, …] in plain operators; where the rank is not known they stay. */
export const channelNormalizations: Readonly<Record<string, RewriteRule>> = {
  /** Inputs: x, scale, bias, mean, variance, the last four [C]. */
  BatchNormalization: (request) => {
    const { g, input, int, float, used, unsupported, opset } = request;
    const training = opset < 14 ? [1, 2, 3, 4].some(used) : int('training_mode', 0) !== 0;
    if (training) throw unsupported('normalization in training mode is not supported');
    const rank = request.rank(input(0));
    if (rank === undefined) return null;
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => input(i)) as [Value, Value, Value, Value];
    const deviation = g.Sqrt(g.Add(variance, g.scalarLike(float('epsilon', 1e-5), variance)));
    const slope = byChannel(g, g.Div(scale, deviation), rank);
    return g.Add(g.Mul(g.Sub(input(0), byChannel(g, mean, rank)), slope), byChannel(g, bias, rank));
  },
  /** Inputs: x, scale [C], bias [C]. */
  InstanceNormalization: (request) => {
    const { g, input } = request;
    const rank = request.rank(input(0));
    if (rank === undefined) return null;
    const space = Array.from({ length: rank - 2 }, (_, i) => i + 2);
    const normal = inSinglePrecision(request, input(0), standardized(request, space));
    return g.Add(g.Mul(normal, byChannel(g, input(1), rank)), byChannel(g, input(2), rank));
  },
  /** Inputs: x, scale, bias; both [C], before opset 21 [groups]. */
  GroupNormalization: (request) => {
    const { g, input, int, opset, unsupported } = request;
    const groups = int('num_groups', 0);
    if (groups < 1) throw unsupported(`expected num_groups of at least 1, got ${groups}`);
    const x = input(0);
    const rank = request.rank(x);
    if (rank === undefined) return null;
    const grouped = g.Reshape(x, [0, groups, -1]);
    const normal = inSinglePrecision(request, grouped, standardized(request, [2]));
    const [scale, bias] = [input(1), input(2)];
    if (opset < 21) {
      return g.Reshape(g.Add(g.Mul(normal, g.Unsqueeze(scale, [1])), g.Unsqueeze(bias, [1])), g.Shape(x));
    }
    const back = g.Reshape(normal, g.Shape(x));
    return g.Add(g.Mul(back, byChannel(g, scale, rank)), byChannel(g, bias, rank));
  },
  /** x / ‖x‖ along an axis, 0 where all of it is. */
  LpNormalization: ({ g, input, int, unsupported }) => {
    const p = int('p', 2);
    if (p !== 1 && p !== 2) throw unsupported(`expected p of 1 or 2, got ${p}`);
    const x = input(0);
    const [norm] = g.node(`ReduceL${p}`, [x, g.int64s([int('axis', -1)])]);
    return g.Div(x, g.Where(g.Equal(norm!, g.scalarLike(0, x)), g.scalarLike(1, x), norm!));
  },
};
