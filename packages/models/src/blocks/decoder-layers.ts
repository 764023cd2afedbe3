import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { Weights } from '../weights.js';
import { attention } from './attention.js';
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
}

/** The layers of Qwen2, Qwen3 and Llama (x + attention(norm x), then x + feedForward(norm x)), from and to rows, before the final norm. */
export const decoderLayers = (
  g: GraphBuilder,
  weights: Weights,
  shape: DecoderShape,
  inputs: DecoderInputs,
): Value => {
  const { heads, keyValueHeads, headWidth, epsilon } = shape;
  const { batch, length, mask } = inputs;
  const attend = attention(g, weights, {
    batch,
    length,
    heads,
    keyValueHeads,
    headWidth,
    rotary: rotary(g, length, headWidth, shape.ropeTheta, shape.rescale),
    ...(mask === undefined ? {} : { mask }),
  });
  const norm = (name: string, x: Value) => rmsNorm(g, weights, name, x, epsilon);
  let x = inputs.rows;
  for (let i = 0; i < shape.layers; i++) {
    const layer = `model.layers.${i}`;
    const own = `${layer}.self_attn`;
    const attended = attend(norm(`${layer}.input_layernorm`, x), {
      q: `${own}.q_proj`,
      k: `${own}.k_proj`,
      v: `${own}.v_proj`,
      o: `${own}.o_proj`,
      ...(shape.headNorms
        ? { normalise: { q: (q) => norm(`${own}.q_norm`, q), k: (k) => norm(`${own}.k_norm`, k) } }
        : {}),
    });
    x = g.Add(x, attended);
    x = g.Add(x, gatedFeedForward(g, weights, `${layer}.mlp`, norm(`${layer}.post_attention_layernorm`, x)));
  }
  return x;
};
