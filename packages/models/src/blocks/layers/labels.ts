import { CheckpointError } from '@entrgi/core';
import type { ConfigReader } from '../../files/config-reader.js';

/** They are listed before they are compared with the file. */
const MOST_LABELS = 1_000_000;

/**
 * What a classifier calls its labels, in the order of its scores: as transformers reads config.json,
 * `num_labels` of them, else those of `id2label`, else 2; LABEL_0, … where id2label gives no name, or not as
 * many.
 */
export const readLabels = (config: ConfigReader): readonly string[] => {
  const given = config.raw('id2label') ?? undefined;
  if (given !== undefined && (typeof given !== 'object' || Object.keys(given as object).length === 0)) {
    throw new CheckpointError(
      `${config.file}: id2label: expected an object with a label, got ${JSON.stringify(given)}.`,
      { value: given },
    );
  }
  const names = new Map(Object.entries(given ?? {}).map(([id, name]) => [Number(id), name]));
  const count = config.count('num_labels', given === undefined ? 2 : names.size);
  if (count > MOST_LABELS) {
    throw new CheckpointError(`${config.file}: num_labels: expected at most ${MOST_LABELS}, got ${count}.`, {
      value: count,
    });
  }
  const named = count === names.size;
  return Array.from({ length: count }, (_, id) => {
    const name = named ? names.get(id) : undefined;
    return typeof name === 'string' ? name : `LABEL_${id}`;
  });
};
