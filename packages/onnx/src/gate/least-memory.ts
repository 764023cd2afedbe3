import type { Model } from '../model.js';
import { MAXIMUM_ELEMENTS, measureSizes } from './measure-sizes.js';

/**
 * Bytes that a session of the model takes at the least: what is stored, constants computed from it that stay, and the largest value when every
 * free size is 1. Throws InvalidModelError as checkModel does.
 */
export function leastMemory({ graph }: Model): { readonly weights: number; readonly values: number } {
  const { stored, kept, largest } = measureSizes(graph, 1, MAXIMUM_ELEMENTS.asDeclared);
  return { weights: stored + kept, values: largest };
}
