import type { InferenceRule } from './inference-rule.js';
import { typed } from './inference-rule.js';

/** Outputs: all states, the last one, of LSTM the last cell. x is [S, B, …], with layout 1 [B, S, …]. */
const recurrence: InferenceRule = ({ node, type, dims, int, string }) => {
  const directions = string('direction', 'forward') === 'bidirectional' ? 2 : 1;
  const size = int('hidden_size', 0) || (dims(2)?.at(-1) ?? null);
  const x = dims(0);
  const first = int('layout', 0) !== 0;
  const [length, batch] = first ? [x?.[1] ?? null, x?.[0] ?? null] : [x?.[0] ?? null, x?.[1] ?? null];
  const all = first ? [batch, length, directions, size] : [length, directions, batch, size];
  const last = first ? [batch, directions, size] : [directions, batch, size];
  return node.outputs.flatMap((_, i) => typed(type(0), i === 0 ? all : last));
};

export const recurrent: Readonly<Record<string, InferenceRule>> = {
  LSTM: recurrence,
  GRU: recurrence,
  RNN: recurrence,
};
