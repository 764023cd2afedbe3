import type { GraphBuilder, Value } from '@entrgi/onnx';
import { positions } from '../../blocks/attention/rotary.js';
import { causalNetwork } from '../../blocks/decoder/causal-network.js';
import { readDecoderShape } from '../../blocks/decoder/decoder-config.js';
import { linear } from '../../blocks/layers/linear.js';
import type { ClassifierNetwork } from '../../contracts/network.js';
import type { ConfigReader } from '../../files/config-reader.js';

/** What may become of the probabilities that the steps are right. */
const combinations = ['product', 'min', 'mean', 'last'];

/** Below, the probability would be 0 in float32, and its logarithm not finite. */
const FARTHEST = -80;

/**
 * Qwen2.5-Math-PRM: Qwen2 with a head of two layers that says at each step's end whether the step is right;
 * a label is a combination of the steps' probabilities. Source: the model's published code and card.
 */
export const Qwen2ForProcessRewardModel = (config: ConfigReader): ClassifierNetwork => {
  const shape = readDecoderShape(config, { headNorms: false, biases: ['q', 'k', 'v'], sliding: 'masked' });
  const { width } = shape;
  return causalNetwork(shape, {
    labels: combinations,
    parameters: [
      ['score.0.weight', [width, width]],
      ['score.0.bias', [width]],
      ['score.2.weight', [2, width]],
      ['score.2.bias', [2]],
    ],
    mark: { text: '<extra_0>', endsSteps: true },
    prefix: { isScored: () => true, scoresAll: true },
    scores(g, weights, { ids, attention, mark, length, hidden }) {
      const logits = linear(g, weights, 'score.2', g.Relu(linear(g, weights, 'score.0', hidden())));
      // softmax of two is σ of the difference.
      const difference = g.Sub(g.Slice(logits, [1], [2], [1]), g.Slice(logits, [0], [1], [1]));
      const within = g.Max(difference, g.scalar(FARTHEST, 'float32'));
      const probabilities = g.Reshape(g.Sigmoid(within), g.Shape(ids));
      const ends = g.And(g.Equal(ids, g.scalar(mark![0]!, 'int64')), g.Cast(attention, 'bool'));
      return combined(g, probabilities, { ends, length });
    },
  });
};

/** Of probabilities [batch, length], those where a step `ends`: [batch, combinations]. */
const combined = (
  g: GraphBuilder,
  probabilities: Value,
  { ends, length }: { readonly ends: Value; readonly length: Value },
): Value => {
  const one = g.scalar(1, 'float32');
  const counted = g.Cast(ends, 'float32');
  const others = g.Where(ends, probabilities, one);
  const places = g.Mul(positions(g, length), g.Cast(ends, 'int64'));
  const isLast = g.And(ends, g.Equal(places, g.ReduceMax(places, [1])));
  const sum = g.ReduceSum(g.Mul(probabilities, counted), [1]);
  return g.Concat(
    [
      g.Exp(g.ReduceSum(g.Log(others), [1])),
      g.Neg(g.ReduceMax(g.Neg(others), [1])),
      g.Div(sum, g.Max(g.ReduceSum(counted, [1]), one)),
      g.ReduceSum(g.Mul(probabilities, g.Cast(isLast, 'float32')), [1]),
    ],
    1,
  );
};
