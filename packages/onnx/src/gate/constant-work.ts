import { InvalidModelError } from '@entrgi/core';
import type { Dimension, Node } from '../model/model.js';
import { count } from './sizes-from-elements.js';

/** Most multiplications that one node may ask for while a model is loaded: a second or less. */
const MOST_WORK = 2 ** 34;
/** Most elements that an operator of unknown cost may read while a model is loaded. */
const MOST_UNKNOWN = 2 ** 16;

const products = new Set(['MatMul', 'Gemm', 'FusedMatMul', 'Einsum', 'MatMulInteger', 'MatMulNBits']);

/**
 * Refuses a node of constants alone that takes long: a runtime computes it when it loads the model, and
 * cannot be interrupted.
 */
export function constantWork(
  node: Node,
  inputs: readonly (readonly Dimension[] | undefined)[],
  output: readonly Dimension[] | undefined,
  isKnown: boolean,
): void {
  const sizes = inputs.map(count);
  // (m·k)(k·n)(m·n) = (m·k·n)².
  const product = products.has(node.opType)
    ? Math.sqrt(sizes.reduce((all, size) => all * size, count(output)))
    : 0;
  const unknown = isKnown ? 0 : sizes.reduce((sum, size) => sum + size, 0);
  if (product <= MOST_WORK && unknown <= MOST_UNKNOWN) return;
  throw new InvalidModelError(
    `Node '${node.name}' (${node.opType}): it computes a constant from constants of shapes ${inputs.map((dims) => `[${dims}]`).join(', ')}, which would take long at every start.`,
    { value: node.opType, hint: 'Store the constant instead.' },
  );
}
