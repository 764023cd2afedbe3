import { delayedUntil, type Node, type Value } from '@entrgi/onnx';
import type { RuleRequest } from './rule.js';

/** Operators that give a stored weight its working type or shape. */
const unpacking = new Set(['Cast', 'DequantizeLinear', 'Identity', 'Reshape']);

/**
 * The weight for use in the backward pass. A weight that is unpacked at run time (DequantizeLinear, or a Cast
 * that waits for an activation) is unpacked again after `dy`: reusing the forward's would keep every unpacked
 * weight in memory at once. Others are used as they are.
 */
export function weightAfter(request: RuleRequest, weight: Value, dy: Value): Value {
  const { g, producerOf } = request;
  const chain: Node[] = [];
  let stored = weight;
  for (let node = producerOf(stored); node !== undefined; node = producerOf(stored)) {
    if (!unpacking.has(node.opType)) return weight;
    chain.unshift(node);
    stored = node.inputs[0]!;
  }
  const waits = ({ opType, inputs }: Node) => opType === 'Reshape' && !g.graph.initializers.has(inputs[1]!);
  const dequantizes = chain.some(({ opType }) => opType === 'DequantizeLinear');
  if (!g.graph.initializers.has(stored) || !(dequantizes || chain.some(waits))) return weight;
  const delay = (value: Value) => delayedUntil(g, value, dy);
  // Packed integers cannot be reshaped; their scale can.
  let result = dequantizes ? stored : delay(stored);
  for (const node of chain) {
    if (waits(node)) continue;
    const { opType, inputs, attributes, domain } = node;
    const [first, ...rest] = inputs.slice(1);
    const others = opType === 'DequantizeLinear' ? [delay(first!), ...rest] : inputs.slice(1);
    [result] = g.node(opType, [result, ...others], attributes, { domain }) as [Value];
  }
  return result;
}
