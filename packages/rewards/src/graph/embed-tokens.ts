import type { Classifier } from '@entrgi/models';
import type { GraphBuilder, Value } from '@entrgi/onnx';

/**
 * The embeddings of tokens that may have none: `ids` int64 [tokens], −1 for those that are embedded as zero;
 * float32 [tokens, width]. What is compared are integers, which devices leave to the processor: a comparison
 * of floats would have to be copied back from there.
 */
export const embedTokens = (g: GraphBuilder, network: Pick<Classifier, 'embed'>, ids: Value): Value => {
  const none = g.scalar(0, 'int64');
  const present = g.Cast(g.GreaterOrEqual(ids, none), 'float32');
  return g.Mul(network.embed(g, g.Max(ids, none)), g.Unsqueeze(present, [1]));
};
