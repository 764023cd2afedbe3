import { countUp } from '../build/count-up.js';
import type { Value } from '../model/model.js';
import {
  attention,
  attentionStages,
  causalHeadMask,
  joinHeads,
  lengthOf,
  splitHeads,
} from './graph/attention-graph.js';
import { rotate } from './graph/rotary-graph.js';
import type { RewriteRequest, RewriteRule } from './rewrite-rule.js';

/**
 * Attention of opset 23 and 24: query, key, value, mask, past keys, past values, lengths (24). Outputs:
 * result, keys, values, what qk_matmul_output_mode names.
 */
const standardAttention: RewriteRule = (request) => {
  const { g, input, int, float, used, unsupported, node } = request;
  if (int('left_window_size', -1) >= 0 || int('right_window_size', -1) >= 0) {
    throw unsupported('windows (opset 25) are not supported');
  }
  const flat = request.rank(input(0)) === 3;
  if (!flat && request.rank(input(0)) !== 4) throw unsupported('the rank of its input is not known');
  const split = (i: number, heads: string) =>
    flat ? splitHeads(g, input(i), headsOf(request, heads)) : input(i);
  const query = split(0, 'q_num_heads');
  const afterPast = (past: Value, x: Value) => (past === '' ? x : g.Concat([past, x], 2));
  const key = afterPast(input(4), split(1, 'kv_num_heads'));
  const value = afterPast(input(5), split(2, 'kv_num_heads'));
  const mask = input(3);
  const isTruth = mask !== '' && request.type(mask) === 'bool';
  const allowed = isTruth ? [mask] : [];
  if (int('is_causal', 0)) allowed.push(causalHeadMask(g, query, key, 0, firstPosition(request, query)));
  if (input(6) !== '') {
    allowed.push(g.Less(countUp(g, lengthOf(g, key)), g.Unsqueeze(input(6), [1, 2, 3])));
  }
  const stages = attentionStages(g, {
    query,
    key,
    value,
    groups: groupsOf(request, query, key),
    scale: 'scale' in node.attributes ? float('scale', 0) : undefined,
    softcap: float('softcap', 0),
    biases: mask === '' || isTruth ? [] : [mask],
    allowed,
  });
  const { product, capped, masked, probabilities, result } = stages;
  const stage = [product, capped, masked, probabilities][int('qk_matmul_output_mode', 0)];
  if (used(3) && stage === undefined) throw unsupported('its qk_matmul_output_mode is not known');
  return [flat ? joinHeads(g, result) : result, key, value, stage ?? ''];
};

/** How many query heads share a key head. */
function groupsOf({ g, unsupported }: RewriteRequest, query: Value, key: Value): number {
  const [queryHeads, keyHeads] = [g.typeOf(query).dims?.[1], g.typeOf(key).dims?.[1]];
  if (typeof queryHeads === 'number' && typeof keyHeads === 'number') return queryHeads / keyHeads;
  if (queryHeads === keyHeads && queryHeads !== null) return 1;
  throw unsupported('the number of heads is not known');
}

/** Where the queries begin among the keys: behind the past, or at the end of each row's length. */
function firstPosition({ g, input }: RewriteRequest, query: Value): Value | undefined {
  if (input(4) !== '') return lengthOf(g, input(4));
  if (input(6) === '') return undefined;
  return g.Sub(g.Unsqueeze(input(6), [1, 2, 3]), lengthOf(g, query));
}

const headsOf = ({ int, unsupported }: RewriteRequest, name: string): number => {
  const heads = int(name, 0);
  if (heads < 1) throw unsupported(`expected ${name} of at least 1, got ${heads}`);
  return heads;
};

/**
 * What MultiHeadAttention and com.microsoft's Attention make of a mask: mask_filter_value where it is 0, and,
 * of lengths [B], from there on; of [2B], before the second half too.
 */
function maskBias(request: RewriteRequest, mask: Value, like: Value, key: Value): Value {
  const { g, rank, type, float, unsupported } = request;
  const size = rank(mask);
  if (size === undefined || size > 3 || size === 0) throw unsupported('the rank of its mask is not known');
  const element = type(like);
  const wide = size === 1 ? '' : g.Unsqueeze(mask, size === 2 ? [1, 2] : [1]);
  const hidden = size === 1 ? outside(request, mask, key) : g.Equal(wide, g.scalarLike(0, wide));
  return g.Where(hidden, g.scalar(float('mask_filter_value', -10000), element), g.scalar(0, element));
}

/** [B, 1, 1, T] */
function outside(request: RewriteRequest, lengths: Value, key: Value): Value {
  const { g, dims, unsupported } = request;
  const [batch, count] = [g.typeOf(key).dims?.[0], dims(lengths)?.[0]];
  const isDouble = typeof batch === 'number' && typeof count === 'number' && count === 2 * batch;
  if (!isDouble && (batch !== count || batch === null || batch === undefined)) {
    throw unsupported('its mask of lengths is not known to have one for each row');
  }
  const positions = countUp(g, lengthOf(g, key));
  const at = (values: Value) => g.Unsqueeze(g.Cast(values, 'int64'), [1, 2, 3]);
  if (!isDouble) return g.GreaterOrEqual(positions, at(lengths));
  const [ends, starts] = g.Split(lengths, [batch, batch], 0, 2) as [Value, Value];
  return g.Or(g.GreaterOrEqual(positions, at(ends)), g.Less(positions, at(starts)));
}

/** com.microsoft's MultiHeadAttention: query, key, value, bias, key mask, attention bias. */
const multiHeadAttention: RewriteRule = (request) => {
  const { g, input, rank, unsupported } = request;
  for (const past of [6, 7, 8, 9])
    if (input(past) !== '') throw unsupported('past keys and values are not supported');
  const inputs = [input(0), input(1), input(2)];
  if (inputs.some((value) => value === '' || rank(value) !== 3)) {
    throw unsupported('packed or four-dimensional queries, keys and values are not supported');
  }
  const heads = headsOf(request, 'num_heads');
  const biased = input(3) === '' ? inputs : addBiases(request, inputs, input(3));
  const [query, key, value] = biased.map((x) => splitHeads(g, x, heads)) as [Value, Value, Value];
  const result = selfAttention(request, [query, key, value], { mask: input(4), bias: input(5) });
  return [result, key, value];
};

/**
 * What com.microsoft's two self-attentions share once the heads are split; `mask` and `bias` are '' where
 * absent.
 */
function selfAttention(
  request: RewriteRequest,
  [query, key, value]: readonly [Value, Value, Value],
  { mask, bias }: { readonly mask: Value; readonly bias: Value },
): Value {
  const { g, int, float, unsupported } = request;
  const causal = int('unidirectional', 0) !== 0;
  const [queries, keys] = [g.typeOf(query).dims?.[2], g.typeOf(key).dims?.[2]];
  // onnxruntime counts queries from the end of the keys, which other documents do not.
  if (causal && (queries !== keys || queries === null || queries === undefined)) {
    throw unsupported(
      'unidirectional with queries and keys that are not known to be equally many is not supported',
    );
  }
  const result = attention(g, {
    query,
    key,
    value,
    groups: 1,
    // 0 stands for 1/√H, as does its absence.
    scale: float('scale', 0) || undefined,
    softcap: 0,
    biases: [...(mask === '' ? [] : [maskBias(request, mask, query, key)]), ...(bias === '' ? [] : [bias])],
    allowed: causal ? [causalHeadMask(g, query, key)] : [],
  });
  return joinHeads(g, result);
}

function addBiases({ g, dims, unsupported }: RewriteRequest, inputs: readonly Value[], bias: Value): Value[] {
  const sizes = inputs.map((x) => dims(x)!.at(-1)!);
  if (!sizes.every((size) => typeof size === 'number')) throw unsupported('the hidden sizes are not known');
  const parts = g.Split(bias, sizes as number[], 0, 3);
  return inputs.map((x, i) => g.Add(x, parts[i]!));
}

/** com.microsoft's Attention: input, weights [D, 3 · hidden], bias, mask, past, attention bias. */
const fusedAttention: RewriteRule = (request) => {
  const { g, input, int, ints, dims, unsupported } = request;
  if (input(4) !== '' || input(6) !== '' || int('do_rotary', 0))
    throw unsupported('past and rotary are not supported');
  const heads = headsOf(request, 'num_heads');
  const width = dims(input(1))?.at(-1);
  if (typeof width !== 'number') throw unsupported('the hidden size is not known');
  const sizes = ints('qkv_hidden_sizes') ?? [width / 3, width / 3, width / 3];
  const product = g.MatMul(input(0), input(1));
  const projected = input(2) === '' ? product : g.Add(product, input(2));
  const split = g.Split(projected, sizes, 2, 3).map((x) => splitHeads(g, x, heads));
  return [selfAttention(request, split as [Value, Value, Value], { mask: input(3), bias: input(5) })];
};

/**
 * com.microsoft's GroupQueryAttention without a past: query, key, value, –, –, lengths, total, cosines,
 * sines, position ids, attention bias. Always causal. Padding lies behind the sequence, where causality hides
 * it; the outputs at padding itself are not defined.
 */
const groupQueryAttention: RewriteRule = (request) => {
  const { g, input, int, float, rank, unsupported } = request;
  if (input(3) !== '' || input(4) !== '') throw unsupported('past keys and values are not supported');
  if (input(11) !== '' || int('smooth_softmax', 0)) throw unsupported('attention sinks are not supported');
  const heads = headsOf(request, 'num_heads');
  const keyHeads = headsOf(request, 'kv_num_heads');
  if (rank(input(0)) !== 3) throw unsupported('the rank of its input is not known');
  const packed = input(1) === '';
  let [query, key, value] = packed ? unpack(request, heads, keyHeads) : [input(0), input(1), input(2)];
  [query, key, value] = [
    splitHeads(g, query, heads),
    splitHeads(g, key, keyHeads),
    splitHeads(g, value, keyHeads),
  ];
  if (int('do_rotary', 0)) [query, key] = [turned(request, query), turned(request, key)];
  const window = int('local_window_size', -1);
  const result = attention(g, {
    query,
    key,
    value,
    groups: heads / keyHeads,
    scale: float('scale', 0) || undefined,
    softcap: float('softcap', 0),
    biases: input(10) === '' ? [] : [input(10)],
    allowed: [causalHeadMask(g, query, key, Math.max(0, window))],
  });
  return [joinHeads(g, result), key, value];
};

function unpack(
  { g, dims, input, unsupported }: RewriteRequest,
  heads: number,
  keyHeads: number,
): [Value, Value, Value] {
  const width = dims(input(0))?.at(-1);
  if (typeof width !== 'number') throw unsupported('the hidden size is not known');
  const size = width / (heads + 2 * keyHeads);
  return g.Split(input(0), [heads * size, keyHeads * size, keyHeads * size], 2, 3) as [Value, Value, Value];
}

/** Positions count from 0 in every row. */
function turned({ g, input, int, dims, unsupported }: RewriteRequest, x: Value): Value {
  // onnxruntime's kernels differ about them where there is no past.
  if (input(9) !== '') throw unsupported('given positions are not supported');
  const [cosines, sines] = [input(7), input(8)];
  const positions = g.Unsqueeze(countUp(g, lengthOf(g, x)), [0]);
  const [half, size] = [dims(cosines)?.at(-1), g.typeOf(x).dims?.at(-1)];
  if (typeof half !== 'number' || typeof size !== 'number')
    throw unsupported('the sizes of head and cache are not known');
  return rotate(g, {
    x,
    cosine: g.Gather(cosines, positions),
    sine: g.Gather(sines, positions),
    headAxis: 1,
    interleaved: int('rotary_interleaved', 0) !== 0,
    size: half * 2 === size ? 0 : half * 2,
  });
}

/**
 * RotaryEmbedding of opset 23: x, cosines, sines, position ids. Without position ids the caches are [B, S, r
 * / 2].
 */
const standardRotary: RewriteRule = (request) => {
  const { g, input, int, rank, unsupported } = request;
  const size = rank(input(0));
  if (size !== 3 && size !== 4) throw unsupported('the rank of its input is not known');
  const flat = size === 3;
  const x = flat ? g.Reshape(input(0), [0, 0, headsOf(request, 'num_heads'), -1]) : input(0);
  const at = (cache: Value) => (input(3) === '' ? cache : g.Gather(cache, input(3)));
  const result = rotate(g, {
    x,
    cosine: at(input(1)),
    sine: at(input(2)),
    headAxis: flat ? 2 : 1,
    interleaved: int('interleaved', 0) !== 0,
    size: int('rotary_embedding_dim', 0),
  });
  return flat ? g.Reshape(result, [0, 0, -1]) : result;
};

export const standardAttentions: Readonly<Record<string, RewriteRule>> = {
  Attention: standardAttention,
  RotaryEmbedding: standardRotary,
};

export const microsoftAttentions: Readonly<Record<string, RewriteRule>> = {
  Attention: fusedAttention,
  MultiHeadAttention: multiHeadAttention,
  GroupQueryAttention: groupQueryAttention,
};
