import type { DataType } from '@entrgi/core';
import { positiveAxis } from '../values/dimensions.js';
import type { InferenceRequest, InferenceRule } from './inference-rule.js';
import { typed } from './inference-rule.js';

/** Mean and inverse deviation: size 1 from the axis on. */
const statistics = ({ dims, int }: InferenceRequest) => {
  const shape = dims(0);
  const first = shape && positiveAxis(int('axis', -1), shape.length);
  return typed(
    'float32',
    shape?.map((size, axis) => (axis < first! ? size : 1)),
  );
};

const normalized: InferenceRule = (request) => {
  const statistic = statistics(request);
  return [...typed(request.type(0), request.dims(0)), ...statistic, ...statistic];
};

/** Outputs: normalized sum, mean, inverse deviation, sum. */
const skipNormalized: InferenceRule = (request) => {
  const [y] = typed(request.type(0), request.dims(0));
  const [statistic] = statistics(request);
  return [y, statistic, statistic, y];
};

const rotated: InferenceRule = ({ type, dims }) => typed(type(0), dims(0));

const first: InferenceRule = ({ type, dims }) => typed(type(0) as DataType | undefined, dims(0));

export const normalization: Readonly<Record<string, InferenceRule>> = {
  LayerNormalization: normalized,
  SimplifiedLayerNormalization: normalized,
  RMSNormalization: first,
  InstanceNormalization: first,
  GroupNormalization: first,
  BatchNormalization: first,
  SkipLayerNormalization: skipNormalized,
  SkipSimplifiedLayerNormalization: skipNormalized,
  RotaryEmbedding: rotated,
};
