import { GraphBuilder } from '@entrgi/onnx/graphs';
import type { ClassifierNetwork, DenoiserNetwork } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';

/** The matrices that a network multiplies by, found by writing the network into a graph once. */
export const productWeights = (
  network: DenoiserNetwork | ClassifierNetwork,
  weights: Weights,
): ReadonlySet<string> => {
  const found = new Set<string>();
  const noting: Weights = {
    ...weights,
    product(g, name, x, bias) {
      found.add(name);
      return weights.product(g, name, x, bias);
    },
  };
  const g = new GraphBuilder();
  const tokens = ['batch', 'length'];
  if (network.task === 'denoiser') {
    network.logits(g, noting, {
      ids: g.input('ids', 'int64', tokens),
      positions: g.input('positions', 'int64', ['rows']),
    });
    if (network.experts !== undefined) {
      const rows = g.input('rows', 'float32', ['tokens', network.width]);
      for (const expert of network.experts) expert.append(g, noting, rows);
    }
  } else {
    network.scores(g, noting, {
      embeds: g.input('embeds', 'float32', [...tokens, network.width]),
      attention: g.input('attention', 'int64', tokens),
      segments: g.input('segments', 'int64', tokens),
      ids: g.input('ids', 'int64', tokens),
      // Whichever it is.
      mark: network.mark && [0],
    });
  }
  return found;
};
