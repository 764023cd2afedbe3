import type { Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import { broadcasting, type RuleRequest } from '../../rule/rule.js';

/**
 * A rotation by an angle per position and pair; its transpose is the rotation back, with the sine negated.
 */
export const RotaryEmbedding = (request: RuleRequest) => {
  const { g, attrs, needs, node, once, unsupported } = request;
  const [, positions, cosine, sine] = request.x;
  const [dy] = request.dy;
  if (needs(2) || needs(3)) throw unsupported('its tables have no rule');
  if (attrs.float('scale', 1) !== 1) throw unsupported('scale has no rule');
  const back = once(`negated ${sine}`, () => g.Neg(sine));
  return g.node('RotaryEmbedding', [dy, positions, cosine, back], node.attributes, { domain: node.domain });
};

/** y = alpha · A′ · B′, where ′ may swap the last two axes: the same operator with the swaps moved. */
export const FusedMatMul = broadcasting(
  ({ g, x: [a, b], dy: [dy], attrs, node, unsupported }) => {
    if (attrs.int('transBatchA', 0) || attrs.int('transBatchB', 0))
      throw unsupported('transBatch has no rule');
    const [transA, transB] = [attrs.int('transA', 0), attrs.int('transB', 0)];
    const product = (left: Value, right: Value, swapLeft: number, swapRight: number) => () =>
      g.node(
        'FusedMatMul',
        [left, right],
        { ...node.attributes, transA: int(swapLeft), transB: int(swapRight) },
        { domain: node.domain },
      )[0]!;
    return [
      transA === 1 ? product(b, dy, transB, 1) : product(dy, b, 0, 1 - transB),
      transB === 1 ? product(dy, a, 1, transA) : product(a, dy, 1 - transA, 0),
    ];
  },
  { trailing: 2 },
);

export { MatMulNBits } from './matmul-nbits.js';
