import type { InlineInitializer } from '../model/model.js';
import { readAttribute } from '../model/read-attribute.js';
import type { RewriteRule } from './rewrite-rule.js';

/**
 * A constant becomes an initializer under its own name; equal small ones are not merged, so that names
 * survive.
 */
const constant: RewriteRule = ({ g, node, unsupported }) => {
  const tensor = constantOf(node);
  if (tensor === undefined)
    throw unsupported('expected one of value, value_float(s), value_int(s), value_string(s)');
  return g.initializer(node.outputs[0]!, tensor);
};

function constantOf(node: Parameters<RewriteRule>[0]['node']): InlineInitializer | undefined {
  const tensor = readAttribute(node, 'value', 'tensor');
  if (tensor !== undefined) return tensor;
  const oneInt = readAttribute(node, 'value_int', 'int');
  if (oneInt !== undefined) return { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(oneInt)) };
  const ints = readAttribute(node, 'value_ints', 'ints');
  if (ints !== undefined)
    return { type: 'int64', dims: [ints.length], data: BigInt64Array.from(ints, BigInt) };
  const oneFloat = readAttribute(node, 'value_float', 'float');
  if (oneFloat !== undefined) return { type: 'float32', dims: [], data: Float32Array.of(oneFloat) };
  const floats = readAttribute(node, 'value_floats', 'floats');
  if (floats !== undefined)
    return { type: 'float32', dims: [floats.length], data: Float32Array.from(floats) };
  const oneString = readAttribute(node, 'value_string', 'string');
  if (oneString !== undefined) return { type: 'string', dims: [], data: [oneString] };
  const strings = readAttribute(node, 'value_strings', 'strings');
  if (strings !== undefined) return { type: 'string', dims: [strings.length], data: strings };
  return undefined;
}

export const constants: Readonly<Record<string, RewriteRule>> = {
  Constant: constant,
  Identity: ({ node }) => node.inputs[0]!,
};
