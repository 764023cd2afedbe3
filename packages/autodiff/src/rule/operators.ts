import type { Node } from '@entrgi/onnx';

/** The words of a sentence as a union. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

type Kinds = Words<'Sum Mean Max Min Prod L1 L2 SumSquare LogSum LogSumExp'>;

/**
 * Every operator that the table of rules has to say something about; those of com.microsoft carry their
 * domain.
 */
export type Operator = Words<
  | 'Identity Cast Neg Add Sub Mul Div Pow Sqrt Reciprocal Exp Log Mod Abs Sum Max Min Clip Where'
  | 'Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh'
  | 'LSTM GRU RNN Conv ConvTranspose MaxPool AveragePool TopK OneHot Hardmax'
  | 'Relu LeakyRelu ThresholdedRelu Shrink Elu Celu Selu Sigmoid HardSigmoid HardSwish Tanh Softsign Softplus Erf Gelu Softmax LogSoftmax'
  | 'LayerNormalization RMSNormalization SimplifiedLayerNormalization MatMul Gemm Einsum CumSum Trilu'
  | `Reduce${Kinds}`
  | 'Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Concat Split Slice Pad'
  | 'Gather GatherElements GatherND ScatterElements ScatterND'
  | 'ArgMax ArgMin NonZero Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor Not IsNaN IsInf'
  | 'Shape Size ConstantOfShape EyeLike Range'
  | 'Round Floor Ceil Sign Multinomial Bernoulli QuantizeLinear DynamicQuantizeLinear DequantizeLinear'
  | 'com.microsoft.RotaryEmbedding com.microsoft.FusedMatMul com.microsoft.MatMulNBits'
>;

/**
 * The name under which the table knows a node's operator. A dot within the operator's own name divides no
 * domain from it.
 */
export const operatorName = ({ opType, domain }: Node): string => {
  if (opType.includes('.')) return `${domain === '' ? 'ai.onnx' : domain}::${opType}`;
  return domain === '' ? opType : `${domain}.${opType}`;
};
