import { UnsupportedError } from '@entrgi/core';
import type { Model, Node, Value } from '@entrgi/onnx';

/** Where a graph turns token ids into embeddings. */
export interface WordLookup {
  /** Gather nodes from the table by input_ids. */
  readonly nodes: readonly Node[];
  /** Initializer with the embeddings, [rows, width]. */
  readonly table: Value;
  readonly vocabularySize: number;
  /** Length of an embedding. */
  readonly width: number;
  readonly type: 'float32' | 'float16';
}

/**
 * Finds the word embeddings of a canonical model: the one table of floats that `input_ids` are looked up in.
 * @throws UnsupportedError where there is none (fused or quantized embeddings) or more than one
 */
export const wordLookup = ({ graph }: Model, name: string): WordLookup => {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const source = (value: Value): Value => {
    const node = producers.get(value);
    return node?.opType === 'Cast' || node?.opType === 'Identity' ? source(node.inputs[0]!) : value;
  };
  const nodes = graph.nodes.filter(
    ({ opType, inputs, attributes }) =>
      opType === 'Gather' && (attributes.axis?.value ?? 0) === 0 && source(inputs[1]!) === 'input_ids',
  );
  const tables = [...new Set(nodes.map(({ inputs }) => inputs[0]!))];
  const [table] = tables;
  const refuse = (what: string) =>
    new UnsupportedError(`${name}: ${what}.`, {
      value: tables,
      hint: 'Export the classifier with input_ids as an input and without fused or quantized embeddings.',
    });
  if (table === undefined || tables.length > 1) {
    throw refuse(`expected one table that input_ids are looked up in, got ${tables.length}`);
  }
  const initializer = graph.initializers.get(table);
  if (initializer?.dims.length !== 2)
    throw refuse(`expected the embedding table '${table}' to be a constant matrix`);
  const { type, dims } = initializer;
  if (type !== 'float32' && type !== 'float16')
    throw refuse(`expected an embedding table of floats, got ${type}`);
  return { nodes, table, vocabularySize: dims[0]!, width: dims[1]!, type };
};
