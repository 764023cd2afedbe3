import { InvalidModelError } from '@entrgi/core';
import type { Graph } from '../model/model.js';
import { checkDivisions } from './check-divisions.js';
import { MAXIMUM_ELEMENTS, measureSizes } from './measure-sizes.js';
import { checkWindow } from './window-check.js';

/**
 * What constants computed from constants may take, in bytes, beside four times what is stored: casts and
 * transposes of weights.
 */
const COMPUTED = 2 ** 30;

/** A length and a batch that a model may well be asked for. */
const GROWN = 64;

/**
 * Refuses graphs whose values blow up: a few dozen Concats of a value with itself, or one Expand, ask for
 * more memory than there is. Shapes are inferred with every free size at its smallest, 1, and once more at
 * 64. Windows and integer divisions are looked at too (see window-check and check-divisions).
 */
export function checkSizes(graph: Graph): void {
  for (const node of graph.nodes) checkWindow(node);
  const smallest = measureSizes(graph, {
    free: 1,
    maximum: MAXIMUM_ELEMENTS.asDeclared,
  });
  const { stored, computed, types } = smallest;
  // What the file says of a value that no rule knows: a runtime refuses it if it is not so.
  checkDivisions(graph, (value) => (types.get(value) ?? graph.valueTypes.get(value))?.type);
  if (computed > COMPUTED + 4 * stored) {
    throw new InvalidModelError(
      `Constants of ${stored} bytes are computed into constants of ${computed} bytes, more than a model needs.`,
      { value: computed },
    );
  }
  measureSizes(graph, { free: GROWN, maximum: MAXIMUM_ELEMENTS.grown, before: smallest });
}
