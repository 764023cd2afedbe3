import { hasInference } from '../inference/infer.js';
import type { Dimension, Node } from '../model/model.js';
import type { Numbers } from './known-numbers.js';

/** Operators whose output is as large as elements of these inputs say, not as their shapes. */
const deciding: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries({
    AffineGrid: [1],
    BlackmanWindow: [0],
    CenterCropPad: [1],
    Col2Im: [0],
    ConstantOfShape: [0],
    DFT: [1],
    Expand: [1],
    HammingWindow: [0],
    HannWindow: [0],
    MaxUnpool: [2],
    MelWeightMatrix: [0, 1],
    OneHot: [1],
    Pad: [1],
    Range: [0, 1, 2],
    Resize: [2, 3],
    Tile: [1],
    Upsample: [1],
  }),
);

/**
 * What the elements of a node's inputs say of the size of its output: a bound of its elements, 0 where a rule
 * of inference tells it or nobody can, and undefined where it follows from constants in a way that is not
 * understood. Of other operators the paddings, strides and shapes among the attributes are a bound.
 */
export function boundFromElements(
  node: Node,
  numbers: (input: number) => Numbers | undefined,
  dims: (input: number) => readonly Dimension[] | undefined,
  isConstant: (input: number) => boolean,
): number | undefined {
  const inputs = deciding.get(node.opType);
  if (inputs === undefined) return hasInference(node) ? 0 : boundOfAttributes(node);
  let bound = 1;
  for (const input of inputs) {
    // An input that is absent, or an empty list in its place (Resize has scales or sizes), decides nothing.
    if ((node.inputs[input] ?? '') === '' || dims(input)?.[0] === 0) continue;
    const elements = numbers(input);
    // What follows from nothing but constants is computed while the model is loaded: that must be known before. The rest is found when it runs.
    if (elements?.every((element) => Number.isFinite(element)) !== true)
      return isConstant(input) ? undefined : 0;
    bound *= elements.reduce((product, element) => product * Math.max(1, Math.abs(element)), 1);
  }
  if (node.opType === 'Range') {
    const [start, limit, delta] = inputs.map((input) => numbers(input)![0]!) as [number, number, number];
    return Math.max(0, Math.ceil((limit - start) / delta));
  }
  if (hasInference(node)) return 0;
  return bound * (node.opType === 'Resize' || node.opType === 'Upsample' ? count(dims(0)) : 1);
}

const sizes = [
  'dilations',
  'kernel_shape',
  'output_padding',
  'output_shape',
  'pads',
  'sample_size',
  'shape',
  'strides',
];

const boundOfAttributes = ({ attributes }: Node): number => {
  let largest = 1;
  for (const name of sizes) {
    const attribute = attributes[name];
    if (attribute?.kind !== 'ints' && attribute?.kind !== 'int') continue;
    const values = attribute.kind === 'ints' ? attribute.value : [attribute.value];
    largest = Math.max(
      largest,
      values.reduce((product, value) => product * Math.max(1, Math.abs(value)), 1),
    );
  }
  return largest;
};

/** Elements of a shape, unknown sizes passed over. */
export const count = (dims: readonly Dimension[] | undefined): number =>
  (dims ?? []).reduce<number>((n, size) => (typeof size === 'number' ? n * size : n), 1);
