import type { DataType } from '@entrgi/core';
import { dataTypeOf } from '../values/data-types.js';
import { broadcast } from '../values/dimensions.js';
import type { InferenceRequest, InferenceRule } from './inference-rule.js';
import { commonType, typed } from './inference-rule.js';

/** Output like input 0. */
export const like: InferenceRule = ({ type, dims }) => typed(type(0), dims(0));

const broadcastOf = ({ node, dims }: InferenceRequest) =>
  broadcast(...node.inputs.map((_, input) => dims(input)));

/** All inputs have one type: that of one is enough where another comes from an operator that is not known. */
const broadcasting: InferenceRule = (request) => typed(commonType(request), broadcastOf(request));

const asBool: InferenceRule = (request) => typed('bool', broadcastOf(request));

const named = (operators: string, rule: InferenceRule): Record<string, InferenceRule> =>
  Object.fromEntries(operators.split(' ').map((operator) => [operator, rule]));

export const elementwise: Readonly<Record<string, InferenceRule>> = {
  ...named(
    'Add Sub Mul Div Mod Max Min Sum Mean PRelu BitwiseAnd BitwiseOr BitwiseXor BitShift',
    broadcasting,
  ),
  Pow: (request) => typed(request.type(0), broadcastOf(request)),
  ...named(
    'Neg Abs Sign Sqrt Reciprocal Exp Log Floor Ceil Round Identity CumSum Trilu Clip BitwiseNot',
    like,
  ),
  ...named('Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh Erf', like),
  ...named(
    'Sigmoid Relu LeakyRelu ThresholdedRelu Elu Selu Celu HardSigmoid HardSwish Mish Softplus Softsign',
    like,
  ),
  ...named('Gelu FastGelu QuickGelu BiasGelu Softmax LogSoftmax Hardmax Swish Shrink LpNormalization', like),
  ...named('Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor', asBool),
  ...named('Not IsNaN IsInf', ({ dims }) => typed('bool', dims(0))),
  Where: (request) => typed(commonType(request, [1, 2]), broadcastOf(request)),
  Cast: ({ int, dims }) => typed(dataTypeOf(int('to', 0), 'Cast'), dims(0)),
  CastLike: ({ type, dims }) => typed(type(1), dims(0)),
  Dropout: ({ type, dims }) => [...typed(type(0), dims(0)), ...typed('bool', dims(0))],
  QuantizeLinear: ({ type, dims, int }) => {
    const to: DataType | undefined = int('output_dtype', 0)
      ? dataTypeOf(int('output_dtype', 0), 'QuantizeLinear')
      : type(2);
    return typed(to ?? 'uint8', dims(0));
  },
  DequantizeLinear: ({ type, dims }) => typed(type(1), dims(0)),
};
