import { CheckpointError } from '@entrgi/core';
import { bidirectionalDecoder } from '../../blocks/decoder/bidirectional-decoder.js';
import { attentionBiases, readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import { experts, largest, spread } from '../../blocks/layers/experts.js';
import type { DenoiserNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * LLaDA-MoE: a decoder that looks both ways, some of whose layers are mixtures of experts; a token's shares
 * are the largest of a softmax over all experts, as they are. Logits stand where their tokens are. Source:
 * the model's published code.
 */
export const LLaDAMoEModelLM = (config: ConfigReader): DenoiserNetwork => {
  config.only('moe_router_score_function', 'softmax');
  config.only('moe_router_enable_expert_bias', false);
  config.only('routed_scaling_factor', 1);
  config.only('clip_qkv');
  const sizes = readDecoderShape(config, {
    headNorms: config.flag('qk_layernorm', false),
    biases: attentionBiases(config),
    feedForwardWidth: config.count('dense_intermediate_size', config.count('hidden_size')),
    partial: 'refused',
  });
  const shape = { ...sizes, epsilon: config.epsilon('rms_norm_eps', 1e-5) };
  const frequency = readFrequency(config, shape.layers);
  const count = config.count('num_experts');
  const chosen = config.countUpTo('num_experts_per_tok', count, 'num_experts');
  const sharedWidth = config.raw('shared_expert_intermediate_size') ?? undefined;
  const feedForward = (layer: number) =>
    frequency[layer] !== 0
      ? experts({
          name: `model.layers.${layer}.mlp`,
          width: shape.width,
          experts: count,
          expertWidth: config.count('expert_intermediate_size'),
          activation: shape.activation,
          biased: false,
          shared:
            sharedWidth === undefined
              ? undefined
              : {
                  name: `model.layers.${layer}.shared_expert`,
                  width: config.count('shared_expert_intermediate_size'),
                },
          shares(g, logits) {
            const [values, columns] = largest(g, g.Softmax(logits), chosen);
            return spread(g, logits, columns, values);
          },
        })
      : undefined;
  const tied = config.flag('tie_word_embeddings', false) ? 'tie_word_embeddings' : undefined;
  return {
    ...bidirectionalDecoder({ ...shape, feedForward }, { tied, shifted: false }),
    maskToken: '<|mask|>',
  };
};

/** A number for each layer, 0 for those without experts. */
const readFrequency = (config: ConfigReader, layers: number): readonly number[] => {
  const value = config.raw('moe_layer_freq');
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'number');
  if (isList && value.length >= layers) return value;
  throw new CheckpointError(
    `${config.file}: moe_layer_freq: expected a number for each of ${layers} layers, got ${JSON.stringify(value) ?? 'nothing'}.`,
    { value },
  );
};
