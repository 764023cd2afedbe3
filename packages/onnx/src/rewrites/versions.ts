import { int } from '../values/attributes.js';
import type { RewriteRule } from './rewrite-rule.js';
import { without } from './rewrite-rule.js';

/** Axes became an input: Squeeze, Unsqueeze and ReduceSum at opset 13, the other reductions at 18. */
const axesToInput: RewriteRule = ({ g, node, ints }) => {
  const axes = ints('axes');
  if (axes === undefined) return null;
  return g.node(node.opType, [node.inputs[0]!, g.int64s(axes)], without(node, 'axes'));
};

/** Opset 13: sizes became an input. 18: without sizes, the number of outputs is given. */
const split: RewriteRule = ({ g, node, input, ints, int: read, opset }) => {
  const sizes = ints('split');
  const outputs = node.outputs.length;
  if (sizes !== undefined) return g.Split(node.inputs[0]!, sizes, read('axis', 0), outputs);
  if (input(1) !== '' || opset >= 18) return null;
  return g.node(
    'Split',
    [node.inputs[0]!],
    { axis: int(read('axis', 0)), num_outputs: int(outputs) },
    { outputs },
  );
};

/** Before opset 13, all axes from `axis` (default 1) on were normalized together. */
const normalizeTogether: RewriteRule = ({ g, node, opset, int: read, rank, dims }) => {
  if (opset >= 13) return null;
  const x = node.inputs[0]!;
  const size = rank(x);
  const axis = read('axis', 1);
  const last = size === undefined ? axis === -1 : axis === size - 1 || axis === -1;
  const rest = size === undefined ? undefined : dims(x)!.slice(axis < 0 ? axis + size + 1 : axis + 1);
  if (last || rest?.every((length) => length === 1)) {
    return g.node(node.opType, [x], { axis: int(last ? -1 : axis) });
  }
  const [flat] = g.node('Flatten', [x], { axis: int(axis) });
  const [normalized] = g.node(node.opType, [flat!], { axis: int(-1) });
  return g.Reshape(normalized!, g.Shape(x));
};

/**
 * At inference, dropout hands its input on. Its mask is all true; before opset 12 that was not said, and
 * onnxruntime gives all false.
 */
const dropout: RewriteRule = ({ g, node, input, opset, used, unsupported }) => {
  const training = input(2);
  if (training !== '') {
    const constant = g.graph.initializers.get(training);
    if (constant?.type !== 'bool' || constant.data?.[0] !== 0) throw unsupported('dropout in training mode');
  }
  const x = node.inputs[0]!;
  const mask = used(1)
    ? g.ConstantOfShape(g.Shape(x), { type: 'bool', dims: [1], data: Uint8Array.of(opset < 12 ? 0 : 1) })
    : '';
  return [x, mask];
};

/** Opset 19 and later speak about float8 and rounding, which no supported type has. */
const cast: RewriteRule = ({ g, node }) =>
  'saturate' in node.attributes || 'round_mode' in node.attributes
    ? g.node('Cast', [node.inputs[0]!], without(node, 'saturate', 'round_mode'))
    : null;

/** Opset 27 says how half precision adds up, which no canonical Range does. */
const range: RewriteRule = ({ g, node }) =>
  'stash_type' in node.attributes
    ? g.node('Range', node.inputs, without(node, 'stash_type'), { outputs: node.outputs.length })
    : null;

const tooNew: RewriteRule = ({ opset, unsupported }) => {
  throw unsupported(`operators that came after opset 23 are not supported (the model has opset ${opset})`);
};

const sinceOpset =
  (first: number): RewriteRule =>
  ({ opset, unsupported }) => {
    if (opset < first) throw unsupported(`its form before opset ${first} is not supported`);
    return null;
  };

const reductions = ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare', 'Sum'];

/** Operators whose form or meaning changed between opset 11 and 27. */
export const versions: Readonly<Record<string, RewriteRule>> = {
  Squeeze: axesToInput,
  Unsqueeze: axesToInput,
  ...Object.fromEntries(reductions.map((kind) => [`Reduce${kind}`, axesToInput])),
  Split: split,
  Softmax: normalizeTogether,
  LogSoftmax: normalizeTogether,
  Hardmax: normalizeTogether,
  Dropout: dropout,
  Cast: cast,
  Range: range,
  Resize: sinceOpset(19),
  RoiAlign: sinceOpset(16),
  GridSample: sinceOpset(20),
  DFT: sinceOpset(20),
  TensorScatter: tooNew,
  BitCast: tooNew,
  CumProd: tooNew,
  CausalConvWithState: tooNew,
  LinearAttention: tooNew,
};
