import type { Value } from '@entrgi/onnx';
import { int, ints } from '@entrgi/onnx/internal';
import type { RuleRequest } from '../../rule/rule.js';
import { shapeOf } from '../../rule/shapes.js';
import { attributesOf, spread, type Windows, windowsOf } from './windows.js';

/** Sizes of the kernel's axes of space. */
function kernelOf(request: RuleRequest): readonly number[] {
  const { g, x, attrs, unsupported } = request;
  const sizes = attrs.ints('kernel_shape') ?? g.typeOf(x[1]).dims?.slice(2);
  if (sizes === undefined || !sizes.every((size) => typeof size === 'number')) {
    throw unsupported('the size of its kernel is not known');
  }
  return sizes as readonly number[];
}

const spaceAxes = (kernel: readonly number[]) => kernel.map((_, i) => i + 2);

/**
 * The gradient of a kernel [C, D, …kernel] that took `narrow` [N, C, …windows] from `wide` [N, D · group,
 * …space]: each of its elements is the product of the two, moved by the element's place. That is a
 * convolution again, over the rows, with stride and dilation exchanged.
 */
function kernelGradient(request: RuleRequest, wide: Value, narrow: Value, windows: Windows): Value {
  const { g, attrs } = request;
  const { kernel, strides, dilations, before, after } = windows;
  const group = attrs.int('group', 1);
  const space = spaceAxes(kernel);
  const swap = [1, 0, ...space];
  /** [D, group · N, …space] */
  const turned = () => {
    if (group === 1) return g.Transpose(wide, swap);
    const shape = shapeOf(request, wide);
    const inner = g.Slice(shape, [2], [2 + kernel.length], [0]);
    const split = g.Reshape(wide, g.Concat([g.Slice(shape, [0], [1], [0]), g.int64s([group, -1]), inner], 0));
    const turned = g.Transpose(split, [2, 1, 0, ...space.map((axis) => axis + 1)]);
    return g.Reshape(turned, g.Concat([g.Slice(g.Shape(turned), [0], [1], [0]), g.int64s([-1]), inner], 0));
  };
  const [found] = g.node('Conv', [turned(), g.Transpose(narrow, swap)], {
    strides: ints(dilations),
    dilations: ints(strides),
    pads: ints([...before, ...after]),
    group: int(group),
  }) as [Value];
  return g.Slice(
    g.Transpose(found, swap),
    kernel.map(() => 0),
    kernel,
    space,
  );
}

/** Σ over rows and space */
const biasGradient =
  ({ g, dy: [dy] }: RuleRequest, kernel: readonly number[]) =>
  () =>
    g.ReduceSum(dy, [0, ...spaceAxes(kernel)], 0);

/** y = w ⋆ x + bias: every window's dy, times the kernel, goes back to where the window lay. */
export const Conv = (request: RuleRequest) => {
  const { x, dy, attrs } = request;
  const windows = windowsOf(request, kernelOf(request));
  return [
    () => spread(request, dy[0], x[1], windows, x[0], attrs.int('group', 1)),
    () => kernelGradient(request, x[0], dy[0], windows),
    biasGradient(request, windows.kernel),
  ];
};

/** The transpose of a convolution: its gradient is that convolution. */
export const ConvTranspose = (request: RuleRequest) => {
  const { g, x, dy, attrs, unsupported } = request;
  if (attrs.ints('output_shape') !== undefined) throw unsupported('output_shape has no rule');
  if (attrs.string('auto_pad', 'NOTSET') !== 'NOTSET') throw unsupported('auto_pad has no rule');
  const windows = windowsOf(request, kernelOf(request));
  const attributes = { ...attributesOf(windows, true), group: int(attrs.int('group', 1)) };
  return [
    () => g.node('Conv', [dy[0], x[1]], attributes)[0]!,
    () => kernelGradient(request, dy[0], x[0], windows),
    biasGradient(request, windows.kernel),
  ];
};
