import { positiveAxis } from '../values/dimensions.js';
import type { InferenceRequest, InferenceRule } from './inference-rule.js';
import { typed } from './inference-rule.js';

function reduced({ node, dims, contents, int, ints }: InferenceRequest) {
  const shape = dims(0);
  const keep = int('keepdims', 1) !== 0;
  if (shape === undefined) return undefined;
  const given = (node.inputs[1] ?? '') !== '';
  const listed = given ? contents(1) : (ints('axes') ?? []);
  if (listed === undefined) return keep ? shape.map(() => null) : undefined;
  if (!listed.every((axis) => typeof axis === 'number')) return keep ? shape.map(() => null) : undefined;
  if (listed.length === 0 && int('noop_with_empty_axes', 0)) return shape;
  const axes = new Set(
    listed.length === 0 ? shape.keys() : (listed as number[]).map((axis) => positiveAxis(axis, shape.length)),
  );
  return keep
    ? shape.map((size, axis) => (axes.has(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.has(axis));
}

const reduce: InferenceRule = (request) => typed(request.type(0), reduced(request));

const argument: InferenceRule = ({ dims, int }) => {
  const shape = dims(0);
  if (shape === undefined) return typed('int64');
  const axis = positiveAxis(int('axis', 0), shape.length);
  return typed('int64', int('keepdims', 1) ? shape.with(axis, 1) : shape.toSpliced(axis, 1));
};

const kinds = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'];

export const reduction: Readonly<Record<string, InferenceRule>> = {
  ...Object.fromEntries(kinds.map((kind) => [`Reduce${kind}`, reduce])),
  ArgMax: argument,
  ArgMin: argument,
  TopK: ({ type, dims, contents, int }) => {
    const shape = dims(0);
    const result = shape?.with(positiveAxis(int('axis', -1), shape.length), contents(1)?.[0] ?? null);
    return [...typed(type(0), result), ...typed('int64', result)];
  },
};
