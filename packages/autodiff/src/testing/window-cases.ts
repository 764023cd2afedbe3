import { int, ints, string } from '@entrgi/onnx/internal';
import type { GradientCase } from './gradient-case.js';
import { elementCount } from './numbers.js';

/** How a kernel moves over space. */
interface Geometry {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  /** All the paddings before, then all behind. */
  readonly pads?: readonly number[];
}

const strides = (dims: readonly number[]) => dims.map((_, axis) => elementCount(dims.slice(axis + 1)));

/** All index tuples of a shape, in order. */
const indices = (dims: readonly number[]): number[][] =>
  Array.from({ length: elementCount(dims) }, (_, i) =>
    strides(dims).map((stride, axis) => Math.floor(i / stride) % dims[axis]!),
  );

/** Offsets in space that each place of the window at `at` lies on; undefined outside. */
function offsets(
  space: readonly number[],
  at: readonly number[],
  geometry: Geometry,
): (number | undefined)[] {
  const steps = strides(space);
  return indices(geometry.kernel).map((place) => {
    const found = place.map(
      (k, i) =>
        at[i]! * (geometry.strides?.[i] ?? 1) +
        k * (geometry.dilations?.[i] ?? 1) -
        (geometry.pads?.[i] ?? 0),
    );
    if (found.some((position, i) => position < 0 || position >= space[i]!)) return undefined;
    return found.reduce((sum, position, i) => sum + position * steps[i]!, 0);
  });
}

const counts = (space: readonly number[], { kernel, pads, dilations, strides }: Geometry, ceil = false) =>
  space.map((size, i) => {
    const covered = (kernel[i]! - 1) * (dilations?.[i] ?? 1) + 1;
    const room = size + (pads?.[i] ?? 0) + (pads?.[i + space.length] ?? 0) - covered;
    return (ceil ? Math.ceil : Math.floor)(room / (strides?.[i] ?? 1)) + 1;
  });

/** The convolution by its definition: x [N, C, …], w [M, C / group, …], bias [M]. */
function convolved(
  [N, C, ...space]: readonly [number, number, ...number[]],
  M: number,
  group: number,
  geometry: Geometry,
  [x, w, bias]: readonly (readonly number[])[],
): number[] {
  const [size, taps] = [elementCount(space), elementCount(geometry.kernel)];
  const each = C / group;
  return indices([N, M, ...counts(space, geometry)]).map(([n, m, ...at]) => {
    const first = Math.floor(m! / (M / group)) * each;
    const places = offsets(space, at, geometry);
    let sum = bias?.[m!] ?? 0;
    for (let c = 0; c < each; c++) {
      for (const [k, place] of places.entries()) {
        if (place === undefined) continue;
        sum += x![(n! * C + first + c) * size + place]! * w![(m! * each + c) * taps + k]!;
      }
    }
    return sum;
  });
}

const attributes = ({ kernel, strides, dilations, pads }: Geometry) => ({
  kernel_shape: ints(kernel),
  ...(strides && { strides: ints(strides) }),
  ...(dilations && { dilations: ints(dilations) }),
  ...(pads && { pads: ints(pads) }),
});

const convolution = (
  what: string,
  x: readonly [number, number, ...number[]],
  M: number,
  geometry: Geometry,
  { group = 1, auto, stored = false }: { group?: number; auto?: string; stored?: boolean } = {},
): GradientCase => ({
  operator: 'Conv',
  what,
  inputs: [{ dims: x }, { dims: [M, x[1] / group, ...geometry.kernel], stored }, { dims: [M] }],
  forward: (g, [value, w, bias]) => {
    const { pads, ...rest } = attributes(geometry);
    const padding = auto === undefined ? { ...(pads && { pads }) } : { auto_pad: string(auto) };
    return g.node('Conv', [value, w, bias], { ...rest, ...padding, group: int(group) })[0]!;
  },
  reference: (values) => convolved(x, M, group, geometry, values),
  without: ['float64', 'float16'],
});

/** Of a transposed convolution the reference sums what each element of x gives to where its window lies. */
const transposed = (
  what: string,
  x: readonly [number, number, ...number[]],
  each: number,
  geometry: Geometry,
  { group = 1, more }: { group?: number; more?: readonly number[] } = {},
): GradientCase => {
  const [N, C, ...space] = x;
  const M = each * group;
  const result = space.map(
    (size, i) =>
      (size - 1) * (geometry.strides?.[i] ?? 1) +
      (geometry.kernel[i]! - 1) * (geometry.dilations?.[i] ?? 1) +
      1 +
      (more?.[i] ?? 0) -
      (geometry.pads?.[i] ?? 0) -
      (geometry.pads?.[i + space.length] ?? 0),
  );
  return {
    operator: 'ConvTranspose',
    what,
    inputs: [{ dims: x }, { dims: [C, each, ...geometry.kernel] }, { dims: [M] }],
    forward: (g, inputs) =>
      g.node('ConvTranspose', inputs.slice(0, 3), {
        ...attributes(geometry),
        ...(more && { output_padding: ints(more) }),
        group: int(group),
      })[0]!,
    reference: ([values, w, bias]) => {
      const y = indices([N, M, ...result]).map(([, m]) => bias![m!]!);
      const taps = elementCount(geometry.kernel);
      indices([N, C, ...space]).forEach(([n, c, ...at], i) => {
        offsets(result, at, geometry).forEach((place, k) => {
          for (let m = 0; m < each && place !== undefined; m++) {
            const channel = Math.floor(c! / (C / group)) * each + m;
            y[(n! * M + channel) * elementCount(result) + place]! +=
              values![i]! * w![(c! * each + m) * taps + k]!;
          }
        });
      });
      return y;
    },
    without: ['float64', 'float16'],
  };
};

const pool = (
  operator: 'MaxPool' | 'AveragePool',
  what: string,
  x: readonly [number, number, ...number[]],
  geometry: Geometry,
  { ceil = false, padding = false }: { ceil?: boolean; padding?: boolean } = {},
): GradientCase => {
  const [N, C, ...space] = x;
  const size = elementCount(space);
  /** How many places of a window lie on x or its padding. */
  const covered = (at: readonly number[]) => {
    const padded = space.map(
      (own, i) => own + (geometry.pads?.[i] ?? 0) + (geometry.pads?.[i + space.length] ?? 0),
    );
    const places = offsets(padded, at, { ...geometry, pads: space.map(() => 0) });
    return places.filter((place) => place !== undefined).length;
  };
  return {
    operator,
    what,
    inputs: [
      // No two elements are near each other: a maximum has no kink there.
      {
        dims: x,
        values: Array.from({ length: N * C * size }, (_, i) => ((i * 37) % (N * C * size)) * 0.1 - 2),
      },
    ],
    forward: (g, [value]) =>
      g.node(operator, [value], {
        ...attributes(geometry),
        ceil_mode: int(ceil ? 1 : 0),
        ...(operator === 'AveragePool' && { count_include_pad: int(padding ? 1 : 0) }),
      })[0]!,
    reference: ([values]) =>
      indices([N, C, ...counts(space, geometry, ceil)]).map(([n, c, ...at]) => {
        const own = offsets(space, at, geometry).flatMap((place) =>
          place === undefined ? [] : [values![(n! * C + c!) * size + place]!],
        );
        if (operator === 'MaxPool') return Math.max(...own);
        return own.reduce((a, b) => a + b, 0) / (padding ? covered(at) : own.length);
      }),
    without: ['float64', 'float16'],
  };
};

/** Convolutions and pools, by their definitions. */
export const windowCases: readonly GradientCase[] = [
  convolution('1-D', [2, 3, 6], 4, { kernel: [3] }),
  convolution(
    '1-D, of its own length, stored',
    [2, 3, 6],
    4,
    { kernel: [3], pads: [1, 1] },
    { stored: true },
  ),
  convolution('1-D, strides, dilations, pads', [2, 2, 8], 3, {
    kernel: [3],
    strides: [2],
    dilations: [2],
    pads: [2, 1],
  }),
  convolution('1-D, a stride that leaves a rest', [1, 2, 8], 2, { kernel: [2], strides: [3] }),
  convolution('1-D, groups', [2, 4, 5], 6, { kernel: [2], pads: [1, 0] }, { group: 2 }),
  convolution('1-D, every channel alone', [2, 3, 5], 3, { kernel: [3], pads: [1, 1] }, { group: 3 }),
  convolution('2-D', [1, 2, 4, 5], 3, { kernel: [2, 3], pads: [1, 0, 0, 2] }),
  convolution(
    '2-D, groups, strides, dilations',
    [2, 4, 5, 6],
    2,
    { kernel: [2, 2], strides: [2, 1], dilations: [1, 3], pads: [1, 0, 1, 1] },
    { group: 2 },
  ),
  convolution('1-D, SAME_UPPER', [1, 2, 5], 2, { kernel: [4], pads: [1, 2] }, { auto: 'SAME_UPPER' }),
  convolution('1-D, SAME_LOWER', [1, 2, 5], 2, { kernel: [4], pads: [2, 1] }, { auto: 'SAME_LOWER' }),
  convolution('1-D, VALID', [1, 2, 5], 2, { kernel: [2], strides: [2] }, { auto: 'VALID' }),
  convolution('3-D', [1, 2, 3, 3, 2], 2, { kernel: [2, 2, 1], pads: [1, 0, 0, 0, 1, 0] }),
  transposed('1-D', [2, 3, 4], 2, { kernel: [3] }),
  transposed(
    '1-D, strides, pads, a rest',
    [1, 2, 4],
    2,
    { kernel: [3], strides: [2], pads: [1, 0] },
    { more: [1] },
  ),
  transposed(
    '2-D, groups',
    [1, 4, 3, 2],
    2,
    { kernel: [2, 2], strides: [1, 2], dilations: [2, 1] },
    { group: 2 },
  ),
  pool('MaxPool', '1-D', [2, 2, 6], { kernel: [2], strides: [2] }),
  pool('MaxPool', '1-D, overlapping, padded', [2, 2, 6], { kernel: [3], pads: [1, 1] }),
  pool('MaxPool', '2-D, strides, dilations', [2, 2, 5, 4], {
    kernel: [2, 2],
    strides: [2, 1],
    dilations: [2, 1],
    pads: [0, 1, 0, 1],
  }),
  pool('MaxPool', '2-D, ceil_mode', [1, 2, 5, 4], { kernel: [2, 3], strides: [2, 2] }, { ceil: true }),
  pool('AveragePool', '1-D', [2, 2, 6], { kernel: [2], strides: [2] }),
  pool('AveragePool', '1-D, a rest', [2, 2, 7], { kernel: [2], strides: [3] }),
  pool('AveragePool', '1-D, padded', [2, 2, 6], { kernel: [3], pads: [1, 1] }),
  pool(
    'AveragePool',
    '1-D, padding counts',
    [2, 2, 6],
    { kernel: [3], pads: [1, 2], strides: [2] },
    { padding: true },
  ),
  pool('AveragePool', '2-D, ceil_mode', [1, 2, 5, 4], { kernel: [2, 3], strides: [2, 2] }, { ceil: true }),
  pool(
    'AveragePool',
    '1-D, ceil_mode, padding counts',
    [1, 2, 6],
    { kernel: [3], strides: [2], pads: [1, 0] },
    { ceil: true, padding: true },
  ),
];
