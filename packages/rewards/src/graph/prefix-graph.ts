import type { Classifier, ClassifierPrefix } from '@entrgi/models';
import { keptTensors } from '@entrgi/models/internal';
import type { Model } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';

/** What each layer keeps of what comes before the response: the same for all responses. */
export const prefixTensors = keptTensors('past', { batch: 1, length: 'prefix' });

/** The graph of what comes before the response: `prefix`, int64 [prefix], to the prefix tensors. */
export const prefixGraph = (network: Classifier, prefix: ClassifierPrefix): Model => {
  const g = new GraphBuilder();
  const ids = g.input('prefix', 'int64', ['prefix']);
  const embeds = network.embed(g, g.Unsqueeze(ids, [0]));
  prefixTensors.outputs(g, prefix.append(g, embeds));
  return g.model();
};
