import { CheckpointError } from '@entrgi/core';
import type { GraphBuilder, Value } from '@entrgi/onnx';
import type { ConfigReader } from '../config-reader.js';

/** Number of labels of a classifier: num_labels, else the size of id2label, else 2, as transformers counts. */
export const labelCount = (config: ConfigReader): number => {
  const labels = config.raw('id2label') ?? undefined;
  if (labels === undefined) return config.count('num_labels', 2);
  if (typeof labels !== 'object' || Object.keys(labels).length === 0) {
    throw new CheckpointError(
      `${config.file}: id2label: expected an object with a label, got ${JSON.stringify(labels)}.`,
      { value: labels },
    );
  }
  return Object.keys(labels).length;
};

/** Logits [batch, labels] to the logit of label 0, [batch]: the reward, by the custom of reward models. */
export const firstLabel = (g: GraphBuilder, logits: Value): Value =>
  g.Gather(logits, g.scalar(0, 'int64'), 1);
