import type { Dimension } from '../model/model.js';
import type { Dimensions } from '../values/dimensions.js';
import type { InferenceRequest, InferenceRule } from './inference-rule.js';
import { typed } from './inference-rule.js';

/** How a window moves along one axis of space. */
interface Window {
  readonly size: Dimension;
  readonly kernel: Dimension;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** The windows of the axes of space, from the third on; undefined where the rank is not known. */
function windowsOf({ dims, ints }: InferenceRequest, kernel: readonly Dimension[] | undefined) {
  const space = dims(0)?.slice(2);
  const [strides, dilations, pads] = [ints('strides'), ints('dilations'), ints('pads')];
  return space?.map(
    (size, i): Window => ({
      size,
      kernel: kernel?.[i] ?? null,
      stride: strides?.[i] ?? 1,
      dilation: dilations?.[i] ?? 1,
      before: pads?.[i] ?? 0,
      after: pads?.[i + space.length] ?? 0,
    }),
  );
}

/**
 * How many windows fit; null where it does not follow, as for a last window that would begin in the padding
 * (ceil_mode).
 */
function fitting(window: Window, autoPad: string, ceil: boolean): Dimension {
  const { size, stride, dilation } = window;
  const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
  if (same) return typeof size === 'number' ? Math.ceil(size / stride) : stride === 1 ? size : null;
  if (typeof window.kernel !== 'number') return null;
  const covered = (window.kernel - 1) * dilation;
  const padding = autoPad === 'VALID' ? 0 : window.before + window.after;
  if (typeof size !== 'number') return stride === 1 && padding === covered ? size : null;
  const steps = (size + padding - covered - 1) / stride;
  if (!ceil || Number.isInteger(steps)) return Math.max(0, Math.floor(steps) + 1);
  const inside = Math.ceil(steps) * stride < size + (autoPad === 'VALID' ? 0 : window.before);
  return inside ? Math.ceil(steps) + 1 : null;
}

const spaceOf = (request: InferenceRequest, kernel: readonly Dimension[] | undefined) => {
  const autoPad = request.string('auto_pad', 'NOTSET');
  const ceil = request.int('ceil_mode', 0) !== 0;
  return windowsOf(request, kernel)?.map((window) => fitting(window, autoPad, ceil));
};

const pooled = (request: InferenceRequest): Dimensions => {
  const space = spaceOf(request, request.ints('kernel_shape'));
  return space && [...request.dims(0)!.slice(0, 2), ...space];
};

function transposed(request: InferenceRequest): Dimensions {
  const { dims, int, ints, string } = request;
  const weight = dims(1);
  const windows = windowsOf(request, ints('kernel_shape') ?? weight?.slice(2));
  if (windows === undefined) return undefined;
  const perGroup = weight?.[1];
  const channels = typeof perGroup === 'number' ? perGroup * int('group', 1) : null;
  const fixed = string('auto_pad', 'NOTSET') === 'NOTSET' && ints('output_shape') === undefined;
  const more = ints('output_padding');
  const space = windows.map(({ size, kernel, stride, dilation, before, after }, i) =>
    fixed && typeof size === 'number' && typeof kernel === 'number'
      ? stride * (size - 1) + (more?.[i] ?? 0) + (kernel - 1) * dilation + 1 - before - after
      : null,
  );
  return [dims(0)![0]!, channels, ...space];
}

const overSpace: InferenceRule = ({ type, dims }) =>
  typed(
    type(0),
    dims(0)?.map((size, axis) => (axis < 2 ? size : 1)),
  );

/** Tensors [N, C, …space]. */
export const convolution: Readonly<Record<string, InferenceRule>> = {
  Conv: (request) => {
    const weight = request.dims(1);
    const space = spaceOf(request, request.ints('kernel_shape') ?? weight?.slice(2));
    return typed(request.type(0), space && [request.dims(0)![0]!, weight?.[0] ?? null, ...space]);
  },
  ConvTranspose: (request) => typed(request.type(0), transposed(request)),
  MaxPool: (request) => [...typed(request.type(0), pooled(request)), ...typed('int64', pooled(request))],
  AveragePool: (request) => typed(request.type(0), pooled(request)),
  LpPool: (request) => typed(request.type(0), pooled(request)),
  GlobalAveragePool: overSpace,
  GlobalMaxPool: overSpace,
  GlobalLpPool: overSpace,
};
