import type { Attribute, Node } from '@entrgi/onnx';

/** Reads a node's attributes by kind; the second argument is the operator's default. */
export interface AttributeReader {
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  string(name: string, otherwise: string): string;
  ints(name: string): readonly number[] | undefined;
}

export const attributeReader = (attributes: Node['attributes']): AttributeReader => {
  function read<K extends Attribute['kind']>(name: string, kind: K) {
    const attribute = attributes[name];
    return attribute?.kind === kind ? (attribute as Extract<Attribute, { kind: K }>) : undefined;
  }
  return {
    int: (name, otherwise) => read(name, 'int')?.value ?? otherwise,
    float: (name, otherwise) => read(name, 'float')?.value ?? otherwise,
    string: (name, otherwise) => read(name, 'string')?.value ?? otherwise,
    ints: (name) => read(name, 'ints')?.value,
  };
};
