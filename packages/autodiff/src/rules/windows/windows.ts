import type { Value } from '@entrgi/onnx';
import { int, ints } from '@entrgi/onnx/internal';
import type { RuleRequest } from '../../rule/rule.js';
import { shapeOf } from '../../rule/shapes.js';

/** How a kernel moves over x [N, C, …space]: one number for each axis of space. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/**
 * The windows of a convolution or pool, with auto_pad worked out; UnsupportedError where that takes sizes
 * that are not known.
 */
export function windowsOf(request: RuleRequest, kernel: readonly number[]): Windows {
  const { attrs, unsupported } = request;
  const ones = kernel.map(() => 1);
  const strides = attrs.ints('strides') ?? ones;
  const dilations = attrs.ints('dilations') ?? ones;
  const mode = attrs.string('auto_pad', 'NOTSET');
  if (mode === 'NOTSET' || mode === 'VALID') {
    const pads = mode === 'VALID' ? [] : (attrs.ints('pads') ?? []);
    const [before, after] = [0, kernel.length].map((from) => kernel.map((_, i) => pads[from + i] ?? 0));
    return { kernel, strides, dilations, before: before!, after: after! };
  }
  const space = request.g.typeOf(request.x[0]).dims?.slice(2);
  const totals = kernel.map((size, i) => {
    const [stride, covered] = [strides[i]!, (size - 1) * dilations[i]!];
    const own = space?.[i];
    if (stride === 1) return covered;
    if (typeof own !== 'number')
      throw unsupported(`auto_pad with strides has no rule where the size of x is not known`);
    return Math.max(0, (Math.ceil(own / stride) - 1) * stride + covered + 1 - own);
  });
  const small = totals.map((total) => Math.floor(total / 2));
  const large = totals.map((total) => Math.ceil(total / 2));
  const upper = mode === 'SAME_UPPER';
  return { kernel, strides, dilations, before: upper ? small : large, after: upper ? large : small };
}

/** The attributes by which a Conv or ConvTranspose moves in the same way, with or without its pads. */
export const attributesOf = ({ kernel, strides, dilations, before, after }: Windows, padded: boolean) => ({
  kernel_shape: ints(kernel),
  strides: ints(strides),
  dilations: ints(dilations),
  ...(padded && { pads: ints([...before, ...after]) }),
});

/**
 * Hands every window's value back to where the window lies, weighted by the kernel [C, D, …kernel]: values
 * [N, C, …windows] become [N, D · group, …] with the space of `like`.
 */
export function spread(
  request: RuleRequest,
  values: Value,
  kernel: Value,
  windows: Windows,
  like: Value,
  group = 1,
): Value {
  const { g } = request;
  const space = g.typeOf(like).dims?.slice(2);
  const taken = g.typeOf(values).dims?.slice(2);
  // What a stride leaves over at the end, which no window reaches.
  const rest = windows.kernel.map((size, i) => {
    const [stride, covered] = [windows.strides[i]!, (size - 1) * windows.dilations[i]! + 1];
    if (stride === 1 && windows.before[i]! + windows.after[i]! < covered) return 0;
    const [own, count] = [space?.[i], taken?.[i]];
    if (typeof own !== 'number' || typeof count !== 'number') return undefined;
    return own + windows.before[i]! + windows.after[i]! - (stride * (count - 1) + covered);
  });
  const attributes = { ...attributesOf(windows, false), group: int(group) };
  if (rest.every((size, i) => size !== undefined && size >= 0 && size < windows.strides[i]!)) {
    const exact = { ...attributes, ...attributesOf(windows, true), output_padding: ints(rest as number[]) };
    return g.node('ConvTranspose', [values, kernel], exact)[0]!;
  }
  const [whole] = g.node('ConvTranspose', [values, kernel], attributes) as [Value];
  return extended(
    request,
    whole,
    windows.before.map((amount) => -amount),
    spaceOf(request, like),
  );
}

/** Sizes of the axes of space of [N, C, …space]: numbers where they are known, else a vector. */
export function spaceOf(request: RuleRequest, value: Value): readonly number[] | Value {
  const { g } = request;
  const space = g.typeOf(value).dims?.slice(2);
  if (space?.every((size) => typeof size === 'number')) return space as readonly number[];
  return g.Slice(shapeOf(request, value), [2], [2 ** 31 - 1], [0]);
}

/**
 * `value` [N, C, …space] with zeros around it, or cut (where negative): `before` the beginning, and behind
 * the end until its space has `sizes`.
 */
export function extended(
  request: RuleRequest,
  value: Value,
  before: readonly number[],
  sizes: readonly number[] | Value,
): Value {
  const { g } = request;
  const own = spaceOf(request, value);
  const zero = g.scalarLike(0, value);
  if (typeof own !== 'string' && typeof sizes !== 'string') {
    const after = sizes.map((size, i) => size - own[i]! - before[i]!);
    return g.Pad(value, [0, 0, ...before, 0, 0, ...after], zero);
  }
  const vector = (numbers: readonly number[] | Value) =>
    typeof numbers === 'string' ? numbers : g.int64s(numbers);
  const after = g.Sub(g.Sub(vector(sizes), vector(own)), g.int64s(before));
  return g.Pad(value, g.Concat([g.int64s([0, 0, ...before, 0, 0]), after], 0), zero);
}
