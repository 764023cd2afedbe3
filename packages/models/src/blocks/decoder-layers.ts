import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../weights.js';
import { attention, type KeysAndValues } from './attention.js';
import type { DecoderShape } from './decoder-config.js';
import { gatedFeedForward } from './gated-feed-forward.js';
import { rmsNorm } from './rms-norm.js';
import { rotary } from './rotary.js';

export interface DecoderInputs {
  /** Embedded tokens as rows, [batch · length, width]. */
  readonly rows: Value;
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  /** Added to attention scores; absent: every token sees every token. */
  readonly mask?: Value;
  /** What each layer keeps of the tokens before these, piece by piece; positions count on from theirs. */
  readonly past?: readonly (readonly KeysAndValues[])[] | undefined;
  /** Position of the first of these, a 1-D value with one element. Default: behind those of the past. */
  readonly start?: Value | undefined;
  /** Flat rows that are asked for, int64 [wanted]: what follows the last layer's attention is computed for them alone. Default: all. */
  readonly wanted?: Value | undefined;
}

export interface DecoderOutputs {
  /** Rows before the final norm, [batch · length, width] or [wanted, width]. */
  readonly rows: Value;
  /** What each layer keeps of these tokens. */
  readonly kept: readonly KeysAndValues[];
}

/** The layers of Qwen2, Qwen3 and Llama (x + attention(norm x), then x + feedForward(norm x)), from and to rows. */
export const decoderLayers = (
  g: GraphBuilder,
  weights: Weights,
  shape: DecoderShape,
  inputs: DecoderInputs,
): DecoderOutputs => {
  const { heads, keyValueHeads, headWidth, epsilon } = shape;
  const { batch, length, mask, past = [] } = inputs;
  const behind = past
    .map(([first]) => g.Shape(first!.keys, { start: 2, end: 3 }))
    .reduce<Value | undefined>((sum, piece) => (sum === undefined ? piece : g.Add(sum, piece)), undefined);
  const start = inputs.start ?? behind;
  const attend = attention(g, weights, {
    batch,
    length,
    heads,
    keyValueHeads,
    headWidth,
    rotary: rotary(g, length, headWidth, shape.ropeTheta, { start, rescale: shape.rescale }),
    ...(mask === undefined ? {} : { mask }),
  });
  const norm = (name: string, x: Value) => rmsNorm(g, weights, name, x, epsilon);
  const kept: KeysAndValues[] = [];
  let x = inputs.rows;
  for (let i = 0; i < shape.layers; i++) {
    const layer = `model.layers.${i}`;
    const own = `${layer}.self_attn`;
    const wanted = i === shape.layers - 1 ? inputs.wanted : undefined;
    const { rows, own: seen } = attend(norm(`${layer}.input_layernorm`, x), {
      q: `${own}.q_proj`,
      k: `${own}.k_proj`,
      v: `${own}.v_proj`,
      o: `${own}.o_proj`,
      past: past.map((piece) => piece[i]!),
      wanted,
      ...(shape.headNorms
        ? { normalise: { q: (q) => norm(`${own}.q_norm`, q), k: (k) => norm(`${own}.k_norm`, k) } }
        : {}),
    });
    kept.push(seen);
    x = g.Add(wanted === undefined ? x : g.Gather(x, wanted), rows);
    x = g.Add(x, gatedFeedForward(g, weights, `${layer}.mlp`, norm(`${layer}.post_attention_layernorm`, x)));
  }
  return { rows: x, kept };
};
