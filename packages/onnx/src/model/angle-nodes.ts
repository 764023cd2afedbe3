import type { Graph, Node } from './model.js';

/** What angles are made of, from positions. */
const makesAngles = new Set([
  'Sin',
  'Cos',
  'Mul',
  'Add',
  'Sub',
  'Div',
  'Neg',
  'Unsqueeze',
  'Reshape',
  'Cast',
  'MatMul',
]);

/**
 * Nodes, by name, that turn positions into sines and cosines. Shading languages promise them for angles in
 * [−π, π] alone, and to 2⁻¹¹; the processor is exact, and they are few. Sines of what a network computes are
 * not among them.
 */
export const angleNodes = ({ nodes, initializers }: Graph): string[] => {
  const producers = new Map<string, Node>(
    nodes.flatMap((node) => node.outputs.map((output) => [output, node])),
  );
  /** The nodes between integers and a value; undefined where it comes from anything else. */
  const from = (value: string): Node[] | undefined => {
    if (value === '' || initializers.has(value)) return [];
    const node = producers.get(value);
    if (node === undefined || !makesAngles.has(node.opType)) return undefined;
    // What comes before are positions.
    if (node.opType === 'Cast') return [node];
    const inputs = node.inputs.map(from);
    return inputs.every((each) => each !== undefined) ? [...inputs.flat(), node] : undefined;
  };
  const ends = nodes.filter(({ opType }) => opType === 'Sin' || opType === 'Cos');
  const found = ends.flatMap(({ outputs }) => from(outputs[0]!) ?? []);
  return [...new Set(found.filter(({ opType }) => opType !== 'Cast').map(({ name }) => name))];
};
