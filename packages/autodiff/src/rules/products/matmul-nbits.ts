import { type DataType, NonDifferentiableError } from '@entrgi/core';
import { delayedUntil, type Value } from '@entrgi/onnx';
import { int, isFloat } from '@entrgi/onnx/internal';
import { broadcasting, type RuleRequest } from '../../rule/rule.js';

/**
 * y = x · Wᵀ + bias, W [N, K] of 4 or 8 bits with one scale for each block of a row. ∂x = dy · W, of the very
 * matrix that the forward multiplied by: by the same operator where the graph has the packed transpose, else
 * by unpacking W once dy is there.
 */
export const MatMulNBits = broadcasting(
  (request) => {
    const { g, x, dy, attrs, needs, node, unsupported, transposedWeight } = request;
    const [, weight, , , order] = x;
    if (attrs.int('accuracy_level', 0) === 4) {
      throw new NonDifferentiableError(
        `MatMulNBits (node '${node.name}' of graph '${g.graph.name}') rounds activations to 8 bits (accuracy_level 4): its slope is zero wherever it exists.`,
        {
          value: node.name,
          hint: "Load the checkpoint with dtype 'q4' or 'q8' without int8Activations, or export with accuracy_level 1.",
        },
      );
    }
    if (order !== '') throw unsupported('weights in another order (g_idx) have no rule');
    if ([1, 2, 3].some(needs)) throw unsupported('its weight, scales and zero points have no rule');
    const da = () => {
      const transpose = transposedWeight(weight);
      if (transpose === undefined) return byUnpacking(request);
      const sizes = { K: int(attrs.int('N', 0)), N: int(attrs.int('K', 0)) };
      const packed = [transpose.weight, transpose.scales];
      const attributes = { ...node.attributes, ...sizes };
      return g.node('MatMulNBits', [dy[0], ...packed], attributes, { domain: node.domain })[0]!;
    };
    return [da, null, null, null, null, dy[0]];
  },
  { inputs: [5] },
);

/**
 * dy · W in plain operators, on the bytes of the packed weight. Of W only one matrix is unpacked at a time.
 */
function byUnpacking(request: RuleRequest): Value {
  const { g, x, dy, attrs, once, unsupported } = request;
  const [, weight, scales, zeroPoints] = x;
  const [N, K] = [attrs.int('N', 0), attrs.int('K', 0)];
  const bits = attrs.int('bits', 4);
  const block = attrs.int('block_size', 0);
  const blocks = Math.ceil(K / block);
  const bytes = (g.typeOf(weight).dims ?? []).reduce<number>((n, size) => n * Number(size), 1);
  if (!(block > 0) || bytes !== (N * blocks * block * bits) / 8) {
    throw unsupported(`a weight of ${bytes} bytes is no matrix of N ${N}, K ${K} in blocks of ${block}`);
  }
  if (bits !== 4 && bits !== 8) throw unsupported(`weights of ${bits} bits have no rule; 4 and 8 bits have`);
  const type: DataType = bits === 4 ? 'uint4' : 'uint8';
  /** The same bytes as a matrix of integers: both formats have the lower half of a byte first. */
  const integers = (stored: Value, columns: number, what: string): Value => {
    const initializer = g.graph.initializers.get(stored);
    if (initializer === undefined || initializer.type !== 'uint8') {
      throw unsupported(`expected ${what} as stored uint8`);
    }
    return once(`integers of ${stored}`, () =>
      g.initializer(g.unique(`${stored}/integers`), { ...initializer, type, dims: [N, columns] } as never),
    );
  };
  const matrix = g.typeOf(scales).dims?.length === 2 ? scales : g.Reshape(scales, [N, blocks]);
  const codes = integers(weight, blocks * block, 'a weight');
  const blockwise = { axis: int(1), block_size: int(block) };
  const dequantized = (inputs: readonly Value[], attributes = {}) =>
    g.node('DequantizeLinear', inputs, attributes)[0]!;
  // What waits for dy: nothing is unpacked while loading, nor before its turn.
  const waiting = (value: Value) => delayedUntil(g, value, dy[0]);
  const middle = () =>
    once(`middle of ${type} [${N}, ${blocks}]`, () => {
      const data = new Uint8Array(Math.ceil((N * blocks * bits) / 8)).fill(bits === 4 ? 0x88 : 0x80);
      return g.initializer(g.unique('middle'), { type, dims: [N, blocks], data });
    });
  /**
   * (codes − zero points) · scales, for zero points that are not the operator's: of a row that ends within a
   * byte, or fractional.
   */
  const apart = (zeros: (one: Value) => Value) => {
    const one = waiting(g.scalarLike(1, scales));
    const shifted = g.Sub(
      g.Reshape(dequantized([codes, one]), [N, blocks, block]),
      g.Reshape(zeros(one), [N, blocks, 1]),
    );
    return g.Reshape(g.Mul(shifted, g.Unsqueeze(matrix, [2])), [N, blocks * block]);
  };
  const unpack = () => {
    if (zeroPoints === '') return dequantized([codes, waiting(matrix), middle()], blockwise);
    if (isFloat(g.typeOf(zeroPoints).type)) return apart(() => zeroPoints);
    if (bits === 8 || blocks % 2 === 0) {
      return dequantized([codes, waiting(matrix), integers(zeroPoints, blocks, 'zero points')], blockwise);
    }
    const padded = integers(zeroPoints, blocks + 1, 'zero points');
    return apart((one) => g.Slice(dequantized([padded, one]), [0], [blocks], [1]));
  };
  const unpacked = unpack();
  const product = g.MatMul(dy[0], unpacked);
  return blocks * block === K ? product : g.Slice(product, [0], [K], [-1]);
}
