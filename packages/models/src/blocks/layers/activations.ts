import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { ConfigReader } from '../../files/config-reader.js';

/** A function of each number on its own. */
export type Activation = (g: GraphBuilder, x: Value) => Value;

const number = (g: GraphBuilder, value: number): Value => g.scalar(value, 'float32');

/** The exact one, by the error function. */
export const gelu: Activation = (g, x) => g.Gelu(x);
/** x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))). */
const geluTanh: Activation = (g, x) => g.Gelu(x, 'tanh');
/** x · σ(x). */
const silu: Activation = (g, x) => g.Mul(x, g.Sigmoid(x));

/** tanh x. */
export const tanh: Activation = (g, x) => g.Tanh(x);
/** max(0, x). */
export const relu: Activation = (g, x) => g.Relu(x);

/** What transformers calls by these names, the same to a rounding. */
const activations: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_python: gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_accurate: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  gelu_python_tanh: geluTanh,
  quick_gelu: (g, x) => g.Mul(x, g.Sigmoid(g.Mul(x, number(g, 1.702)))),
  silu,
  swish: silu,
  relu,
  relu2(g, x) {
    const positive = g.Relu(x);
    return g.Mul(positive, positive);
  },
  tanh,
  sigmoid: (g, x) => g.Sigmoid(x),
  linear: (_, x) => x,
};

/**
 * The activation that the field names.
 * @throws UnsupportedError, listing the known ones, for another
 */
export const readActivation = (config: ConfigReader, field: string, fallback: string): Activation => {
  config.only(field, ...Object.keys(activations));
  return activations[(config.raw(field) as string | null | undefined) ?? fallback]!;
};
