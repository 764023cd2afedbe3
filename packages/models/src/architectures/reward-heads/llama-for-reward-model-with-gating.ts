import type { GraphBuilder, Value } from '@entrgi/onnx';
import { positions } from '../../blocks/attention/rotary.js';
import { causalNetwork } from '../../blocks/decoder/causal-network.js';
import { attentionBiases, readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import { lastToken } from '../../blocks/decoder/last-token.js';
import { readLabels } from '../../blocks/layers/labels.js';
import { linear } from '../../blocks/layers/linear.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/**
 * ArmoRM: Llama with a linear score of the last token for each of some objectives, which are freed of each
 * other's bias and added up by weights that a gating network finds from the end of the prompt. The first
 * label is that sum, the others are the objectives. Source: Wang et al., "Interpretable Preferences via
 * Multi-Objective Reward Modeling and Mixture-of-Experts" (arXiv 2406.12845) and the model's published code.
 */
export const LlamaForRewardModelWithGating = (config: ConfigReader): ClassifierNetwork => {
  config.only('mlp_bias', false);
  const shape = readDecoderShape(config, { headNorms: false, biases: attentionBiases(config) });
  const objectives = config.count('num_objectives', 19);
  const layers = config.count('gating_n_hidden', 3);
  const gateWidth = config.count('gating_hidden_dim', 1024);
  const temperature = config.positive('gating_temperature', 10);
  const paddingId = config.raw('pad_token_id');
  const widths = [shape.width, ...Array<number>(layers).fill(gateWidth), objectives];
  const gate = widths.slice(1).map((to, i) => ({ name: `gating.layers.${i}`, from: widths[i]!, to }));
  const told = readLabels(config);
  const names = Array.from({ length: objectives }, (_, i) =>
    told.length === objectives ? told[i]! : `LABEL_${i}`,
  );
  return causalNetwork(shape, {
    labels: ['score', ...names],
    usualLabel: 'score',
    parameters: [
      ['regression_layer.weight', [objectives, shape.width]],
      ['reward_transform_matrix', [objectives, objectives]],
      ['gating.logit_scale', [1]],
      ...gate.flatMap(({ name, from, to }) => [
        [`${name}.weight`, [to, from]] as const,
        [`${name}.bias`, [to]] as const,
      ]),
    ],
    mark: {
      text: '<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
      endsSteps: false,
    },
    scores(g, weights, { hidden, mark, ...inputs }) {
      const last = lastToken(g, { ...inputs, paddingId });
      const [prompt, response] = g.Split(
        hidden(lastMark(g, inputs, mark!), last),
        g.Concat([inputs.batch, inputs.batch], 0),
        0,
        2,
      );
      const rewards = linear(g, weights, 'regression_layer', response!);
      let x = prompt!;
      for (const [i, { name }] of gate.entries()) {
        const y = linear(g, weights, name, x);
        x = i < gate.length - 1 ? g.Relu(y) : y;
      }
      const shares = g.Softmax(g.Div(x, g.scalar(temperature, 'float32')));
      const scaled = g.Mul(shares, weights.value(g, 'gating.logit_scale'));
      const adjusted = g.MatMul(rewards, weights.value(g, 'reward_transform_matrix'));
      return g.Concat([g.ReduceSum(g.Mul(scaled, adjusted), [1]), rewards], 1);
    },
  });
};

/** Where these tokens stand in a row for the last time in each sequence, int64 [batch]: the first of them. */
const lastMark = (
  g: GraphBuilder,
  { ids, length }: { readonly ids: Value; readonly length: Value },
  mark: readonly number[],
): Value => {
  const count = g.Sub(length, g.int64s([mark.length - 1]));
  const matches = mark
    .map((id, i) => {
      const shifted = g.Slice(ids, g.int64s([i]), g.Add(count, g.int64s([i])), [1]);
      return g.Equal(shifted, g.scalar(id, 'int64'));
    })
    .reduce((all, one) => g.And(all, one));
  return g.ReduceMax(g.Mul(positions(g, count), g.Cast(matches, 'int64')), [1], 0);
};
