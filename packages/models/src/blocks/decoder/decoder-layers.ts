import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { KeysAndValues } from '../../contracts/network.js';
import type { Weights } from '../../contracts/weights.js';
import { attention } from '../attention/attention.js';
import type { Rope } from '../attention/rope.js';
import { rotary } from '../attention/rotary.js';
import type { Activation } from '../layers/activations.js';
import type { FeedForward } from '../layers/feed-forward.js';
import { type GatedFeedForwardNames, gatedFeedForward } from '../layers/gated-feed-forward.js';
import { rmsNorm } from '../layers/rms-norm.js';

/** What of the sizes matters to the layers, and what their tensors are called. */
export interface LayersShape {
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly epsilon: number;
  readonly rope: Rope;
  readonly activation: Activation;
  /**
   * What is added to the weights of norms.
   * @default 0
   */
  readonly normOffset?: number | undefined;
  /** See AttentionShape. */
  readonly scoreScale?: number | undefined;
  readonly scoreCap?: number | undefined;
  /** How some layers turn, where they turn otherwise than by `rope`: those of which `slides` is true. */
  readonly windowRope?: Rope | undefined;
  readonly slides?: readonly boolean[] | undefined;
  readonly names: (layer: number) => LayerNames;
  /** Of layers whose feed-forward is another than one of three projections. */
  readonly feedForward?: ((layer: number) => FeedForward | undefined) | undefined;
}

/** The projections, and the norms before attention and feed-forward. */
export interface LayerNames extends GatedFeedForwardNames {
  readonly attentionNorm: string;
  /** One projection to the queries of all heads, then keys, then values, in place of three. */
  readonly qkv?: string | undefined;
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly o: string;
  /** Of what attention and feed-forward add, where they are normalized once more. */
  readonly attendedNorm?: string | undefined;
  readonly fedNorm?: string | undefined;
  /** Norms of every query and key head, where there are any. */
  readonly headNorms?: { readonly q: string; readonly k: string } | undefined;
  readonly feedForwardNorm: string;
}

export interface DecoderInputs {
  /** Embedded tokens as rows, [batch · length, width]. */
  readonly rows: Value;
  /** Batch size and length, each a 1-D value with one element. */
  readonly batch: Value;
  readonly length: Value;
  /** Added to attention scores; absent: every token sees every token. */
  readonly mask?: Value;
  /** The mask of layers for which `slides` is true, in place of the other. */
  readonly window?: { readonly mask: Value; readonly slides: readonly boolean[] } | undefined;
  /** What each layer keeps of the tokens before these, piece by piece; positions count on from theirs. */
  readonly past?: readonly (readonly KeysAndValues[])[] | undefined;
  /**
   * Position of the first of these, a 1-D value with one element.
   * @default behind those of the past
   */
  readonly start?: Value | undefined;
  /**
   * Flat rows that are asked for, int64 [wanted]: what follows the last layer's attention is computed for
   * them alone.
   * @default all
   */
  readonly wanted?: Value | undefined;
}

export interface DecoderOutputs {
  /** Rows before the final norm, [batch · length, width] or [wanted, width]. */
  readonly rows: Value;
  /** What each layer keeps of these tokens. */
  readonly kept: readonly KeysAndValues[];
}

/**
 * The layers of Qwen2, Qwen3, Llama and LLaDA (x + attention(norm x), then x + feedForward(norm x)), from and
 * to rows.
 */
export const decoderLayers = (
  g: GraphBuilder,
  weights: Weights,
  shape: LayersShape,
  inputs: DecoderInputs,
): DecoderOutputs => {
  const { heads, keyValueHeads, headWidth, epsilon, names } = shape;
  const { batch, length, mask, window, past = [] } = inputs;
  const behind = past
    .map(([first]) => g.Shape(first!.keys, { start: 2, end: 3 }))
    .reduce<Value | undefined>((sum, piece) => (sum === undefined ? piece : g.Add(sum, piece)), undefined);
  const start = inputs.start ?? behind;
  // What is past is all the rest of the sequence, also where these stand in its middle.
  const tokens = behind === undefined ? length : g.Add(behind, length);
  const attendBy = (rope: Rope) =>
    attention(g, weights, {
      batch,
      length,
      heads,
      keyValueHeads,
      headWidth,
      rotary: rotary(g, length, rope, { start, headWidth, tokens }),
      scale: shape.scoreScale,
      cap: shape.scoreCap,
    });
  const attendAll = attendBy(shape.rope);
  const attendNear = shape.windowRope === undefined ? attendAll : attendBy(shape.windowRope);
  const norm = (name: string, x: Value) => rmsNorm(g, weights, name, x, epsilon, shape.normOffset);
  const again = (name: string | undefined, x: Value) => (name === undefined ? x : norm(name, x));
  const kept: KeysAndValues[] = [];
  let x = inputs.rows;
  for (let i = 0; i < shape.layers; i++) {
    const layer = names(i);
    const { headNorms } = layer;
    const wanted = i === shape.layers - 1 ? inputs.wanted : undefined;
    const attend = shape.slides?.[i] ? attendNear : attendAll;
    const { rows, own: seen } = attend(norm(layer.attentionNorm, x), {
      qkv: layer.qkv,
      q: layer.q,
      k: layer.k,
      v: layer.v,
      o: layer.o,
      mask: window?.slides[i] ? window.mask : mask,
      past: past.map((piece) => piece[i]!),
      wanted,
      ...(headNorms === undefined
        ? {}
        : { normalize: { q: (q) => norm(headNorms.q, q), k: (k) => norm(headNorms.k, k) } }),
    });
    kept.push(seen);
    x = g.Add(wanted === undefined ? x : g.Gather(x, wanted), again(layer.attendedNorm, rows));
    const normalised = norm(layer.feedForwardNorm, x);
    const own = shape.feedForward?.(i)?.append(g, weights, normalised);
    const fed = own ?? gatedFeedForward(g, weights, layer, normalised, shape.activation);
    x = g.Add(x, again(layer.fedNorm, fed));
  }
  return { rows: x, kept };
};
