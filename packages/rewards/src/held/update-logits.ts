import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { HeldKind } from './look.js';

/** What an optimizer keeps of each logit. */
export const momentsOf = ({ optimizer }: Pick<HeldKind, 'optimizer'>): readonly string[] =>
  optimizer === 'adam' ? ['first', 'second'] : [];

/** The numbers of Adam's that a graph is fed. */
export const adamInputs = ['beta1', 'beta2', 'correction', 'epsilon'] as const;

/**
 * The optimizers of @entrgi/core as nodes: logits after one update, uphill, and their moments after it.
 * `stepSize`: the learning rate, over 1 − β₁ᵗ with Adam.
 */
export const updateLogits = (
  g: GraphBuilder,
  { optimizer }: Pick<HeldKind, 'optimizer'>,
  { logits, gradient }: { readonly logits: Value; readonly gradient: Value },
): { readonly logits: Value; readonly moments: readonly Value[] } => {
  const stepSize = g.input('step_size', 'float32', []);
  if (optimizer === 'ascent') return { logits: g.Add(logits, g.Mul(gradient, stepSize)), moments: [] };
  const [first, second] = momentsOf({ optimizer }).map((name) =>
    g.input(name, 'float32', ['rows', 'size']),
  ) as [Value, Value];
  const [beta1, beta2, correction, epsilon] = adamInputs.map((name) => g.input(name, 'float32', [])) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const one = g.scalar(1, 'float32');
  const square = g.Mul(gradient, gradient);
  const m = g.Add(g.Mul(first, beta1), g.Mul(gradient, g.Sub(one, beta1)));
  const v = g.Add(g.Mul(second, beta2), g.Mul(square, g.Sub(one, beta2)));
  const step = g.Div(g.Mul(m, stepSize), g.Add(g.Mul(g.Sqrt(v), correction), epsilon));
  return { logits: g.Add(logits, step), moments: [m, v] };
};
