import { InvalidModelError } from '@entrgi/core';
import type { Attribute, Node } from './model.js';

type ValueByKind = { [A in Attribute as A['kind']]: A['value'] };

/**
 * The value of an attribute; undefined where the node has none. An attribute of another kind:
 * InvalidModelError.
 */
export function readAttribute<K extends keyof ValueByKind>(
  node: Node,
  name: string,
  kind: K,
): ValueByKind[K] | undefined {
  const attribute = node.attributes[name];
  if (attribute === undefined) return undefined;
  if (attribute.kind !== kind) {
    throw new InvalidModelError(
      `Attribute '${name}' of ${node.opType}: expected ${kind}, got ${attribute.kind}.`,
      { value: attribute },
    );
  }
  return attribute.value as ValueByKind[K];
}
