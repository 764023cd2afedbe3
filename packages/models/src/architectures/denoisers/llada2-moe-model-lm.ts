import { CheckpointError, UnsupportedError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import { plainRope, type Rope } from '../../blocks/attention/rope.js';
import { readRopeSettings } from '../../blocks/attention/rope-settings.js';
import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import type { DecoderShape } from '../../blocks/decoder/decoder-config.js';
import { readActivation } from '../../blocks/layers/activations.js';
import { experts, largest, spread } from '../../blocks/layers/experts.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * LLaDA2: a decoder in blocks of 32 counted from the beginning of the sequence, whose layers but the first
 * are mixtures of experts with a shared one, of heads that turn in part. Logits stand where their tokens are.
 * Source: the model's published code.
 */
export const LLaDA2MoeModelLM = (config: ConfigReader): DenoiserNetwork => {
  config.only('use_qkv_bias', false);
  config.only('norm_head', false);
  config.only('use_sliding_window', false);
  const width = config.count('hidden_size');
  const heads = config.count('num_attention_heads');
  const headWidth = config.count('head_dim', width / heads);
  const maxLength = config.count('max_position_embeddings');
  const activation = readActivation(config, 'hidden_act', 'silu');
  const count = config.count('num_experts', 16);
  const expertWidth = config.count('moe_intermediate_size');
  const shared = config.number('num_shared_experts', 0);
  const dense = config.number('first_k_dense_replace', 0);
  const headNorms = config.flag('use_qk_norm', true);
  const router = readRouter(config, count);
  const shape: DecoderShape = {
    layers: config.layers('num_hidden_layers'),
    width,
    feedForwardWidth: config.count('intermediate_size'),
    heads,
    keyValueHeads: config.count('num_key_value_heads'),
    headWidth,
    vocabularySize: config.count('vocab_size'),
    maxLength,
    epsilon: config.epsilon('rms_norm_eps', 1e-5),
    rope: readPartialRope(config, { headWidth, maxLength }),
    activation,
    biases: config.flag('use_bias', true) ? ['o'] : [],
    embeddings: 'model.word_embeddings.weight',
    norm: 'model.norm',
    head: 'lm_head',
    names(i) {
      const layer = `model.layers.${i}`;
      const own = `${layer}.attention`;
      return {
        attentionNorm: `${layer}.input_layernorm`,
        qkv: `${own}.query_key_value`,
        q: '',
        k: '',
        v: '',
        o: `${own}.dense`,
        headNorms: headNorms ? { q: `${own}.query_layernorm`, k: `${own}.key_layernorm` } : undefined,
        feedForwardNorm: `${layer}.post_attention_layernorm`,
        gate: `${layer}.mlp.gate_proj`,
        up: `${layer}.mlp.up_proj`,
        down: `${layer}.mlp.down_proj`,
      };
    },
    feedForward(layer) {
      if (layer < dense) return undefined;
      const name = `model.layers.${layer}.mlp`;
      return experts({
        name,
        width,
        experts: count,
        expertWidth,
        activation,
        biased: true,
        shared: shared === 0 ? undefined : { name: `${name}.shared_experts`, width: shared * expertWidth },
        shares: (g, logits, bias) => groupedShares(g, logits, bias!, router),
      });
    },
  };
  return {
    ...bidirectionalDecoder(shape, {
      tied: config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined,
      shifted: false,
    }),
    maskToken: '<|mask|>',
    blockAttention: { countedFrom: 'sequence', blockLength: 32 },
  };
};

/** The rotation of the first part of each head, at the frequencies of a head as wide as that part. */
const readPartialRope = (
  config: ConfigReader,
  { headWidth, maxLength }: { readonly headWidth: number; readonly maxLength: number },
): Rope => {
  const { type, theta, fields } = readRopeSettings(config);
  if (type !== 'default') {
    throw new UnsupportedError(
      `${fields.file}: rope_type: expected "default", got ${JSON.stringify(type)}.`,
      {
        value: type,
        hint: 'This variant of the architecture is not supported.',
      },
    );
  }
  const partial = fields.positive('partial_rotary_factor', config.positive('partial_rotary_factor', 0.5));
  const turned = Math.floor(headWidth * partial);
  if (turned === 0 || turned > headWidth || turned % 2 !== 0) {
    throw new CheckpointError(
      `${config.file}: partial_rotary_factor: expected an even part of ${headWidth}, the width of a head, got ${partial}.`,
      { value: partial },
    );
  }
  return plainRope(theta, { headWidth: turned, maxLength });
};

/** Refuses numbers that leave a token without its experts. */
const readRouter = (config: ConfigReader, experts: number): Router => {
  const groups = config.countUpTo('n_group', Math.floor(experts / BEST), 'half of num_experts', 8);
  if (experts % groups !== 0) {
    throw new CheckpointError(
      `${config.file}: expected n_group (${groups}) to divide num_experts (${experts}).`,
      { value: groups },
    );
  }
  const chosenGroups = config.countUpTo('topk_group', groups, 'n_group', 4);
  const most = (chosenGroups * experts) / groups;
  return {
    experts,
    chosen: config.countUpTo('num_experts_per_tok', most, 'the experts of topk_group groups', 2),
    groups,
    chosenGroups,
    factor: config.number('routed_scaling_factor', 2.5),
  };
};

/** A group is as good as so many of its experts. */
const BEST = 2;

interface Router {
  readonly experts: number;
  readonly chosen: number;
  readonly groups: number;
  readonly chosenGroups: number;
  /** What shares, which add up to 1, are multiplied by. */
  readonly factor: number;
}

/**
 * s = σ(logits). Experts are chosen by s + bias within the groups whose two best add up to most; their shares
 * are s / Σ s · factor.
 */
const groupedShares = (g: GraphBuilder, logits: Value, bias: Value, router: Router): Value => {
  const { experts: count, chosen, groups, chosenGroups, factor } = router;
  const scores = g.Sigmoid(logits);
  const biased = g.Add(scores, bias);
  const grouped = g.Reshape(biased, g.int64s([-1, groups, count / groups]));
  const [best] = largest(g, grouped, BEST);
  const groupScores = g.ReduceSum(best, [-1], 0);
  const [top, columns] = largest(g, groupScores, chosenGroups);
  const isChosen = g.Unsqueeze(g.Cast(spread(g, groupScores, columns, ones(g, top)), 'bool'), [2]);
  const within = g.Reshape(
    g.Where(isChosen, grouped, g.scalar(Number.NEGATIVE_INFINITY, 'float32')),
    g.int64s([-1, count]),
  );
  const [, places] = largest(g, within, chosen);
  const shares = g.Mul(spread(g, scores, places, ones(g, g.Cast(places, 'float32'))), scores);
  // With a single expert a token gets its score as it is.
  const sum = chosen > 1 ? g.Add(g.ReduceSum(shares, [-1]), g.scalar(1e-20, 'float32')) : undefined;
  const shared = sum === undefined ? shares : g.Div(shares, sum);
  return g.Mul(shared, g.scalar(factor, 'float32'));
};

const ones = (g: GraphBuilder, like: Value): Value =>
  g.Add(g.Mul(like, g.scalar(0, 'float32')), g.scalar(1, 'float32'));
