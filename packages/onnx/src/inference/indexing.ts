import { positiveAxis } from '../values/dimensions.js';
import type { InferenceRule } from './inference-rule.js';
import { commonType, typed } from './inference-rule.js';

export const indexing: Readonly<Record<string, InferenceRule>> = {
  Gather: ({ type, dims, int }) => {
    const [data, indices] = [dims(0), dims(1)];
    if (data === undefined || indices === undefined) return typed(type(0));
    const axis = positiveAxis(int('axis', 0), data.length);
    return typed(type(0), data.toSpliced(axis, 1, ...indices));
  },
  GatherElements: ({ type, dims }) => typed(type(0), dims(1)),
  GatherND: ({ type, dims, int }) => {
    const [data, indices] = [dims(0), dims(1)];
    const depth = indices?.at(-1);
    if (data === undefined || typeof depth !== 'number') return typed(type(0));
    return typed(type(0), [...indices!.slice(0, -1), ...data.slice(int('batch_dims', 0) + depth)]);
  },
  ScatterElements: (request) => typed(commonType(request, [0, 2]), request.dims(0)),
  ScatterND: (request) => typed(commonType(request, [0, 2]), request.dims(0)),
  NonZero: ({ dims }) => typed('int64', [dims(0)?.length ?? null, null]),
  OneHot: ({ type, dims, contents, int }) => {
    const indices = dims(0);
    if (indices === undefined) return typed(type(2));
    const axis = positiveAxis(int('axis', -1), indices.length + 1);
    return typed(type(2), indices.toSpliced(axis, 0, contents(1)?.[0] ?? null));
  },
  EyeLike: ({ type, dims }) => typed(type(0), dims(0)),
};
