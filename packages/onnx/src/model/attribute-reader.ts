import type { Node } from './model.js';
import { readAttribute } from './read-attribute.js';

/**
 * Reads a node's attributes by kind; the second argument is the operator's default. One of another kind:
 * InvalidModelError.
 */
export interface AttributeReader {
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  string(name: string, otherwise: string): string;
  ints(name: string): readonly number[] | undefined;
}

export const attributeReader = (node: Node): AttributeReader => ({
  int: (name, otherwise) => readAttribute(node, name, 'int') ?? otherwise,
  float: (name, otherwise) => readAttribute(node, name, 'float') ?? otherwise,
  string: (name, otherwise) => readAttribute(node, name, 'string') ?? otherwise,
  ints: (name) => readAttribute(node, name, 'ints'),
});
