import type { Value } from '@entrgi/onnx';
import { int } from '@entrgi/onnx/internal';
import type { RuleRequest } from '../../rule/rule.js';

/** Summed from the other end */
export const CumSum = ({ g, x: [, axis], dy: [dy], attrs }: RuleRequest) => [
  g.node('CumSum', [dy, axis], {
    exclusive: int(attrs.int('exclusive', 0)),
    reverse: int(1 - attrs.int('reverse', 0)),
  })[0]!,
];

/** The same triangle of dy */
export const Trilu = ({ g, x: [, k], dy: [dy], attrs }: RuleRequest): Value[] =>
  g.node('Trilu', k === '' ? [dy] : [dy, k], { upper: int(attrs.int('upper', 1)) });
