import type { Value } from '@entrgi/onnx';
import { parseEquation } from '@entrgi/onnx/internal';
import type { RuleRequest } from '../../rule/rule.js';
import { expandTo, rankOf, shapeOf } from '../../rule/shapes.js';
import { unBroadcast } from '../../rule/un-broadcast.js';

/**
 * The gradient of an operand is an Einsum of dy and the other operands onto the operand's own letters.
 * Letters that the operand alone has (it was summed over them) are axes that dy's gradient repeats along. An
 * ellipsis becomes letters of its own.
 */
export const Einsum = (request: RuleRequest) => {
  const { g, x, attrs, unsupported } = request;
  const [dy] = request.dy;
  const operands = x.filter((input) => input !== '');
  const ranks = operands.map((operand) => rankOf(request, operand));
  const { terms, result } = parseEquation(attrs.string('equation', ''), ranks);
  if (terms.length !== operands.length) {
    throw unsupported(`an equation of ${terms.length} terms for ${operands.length} operands has no rule`);
  }
  for (const term of [...terms, result]) {
    if (new Set(term).size < term.length) throw unsupported(`the repeated letter in '${term}' has no rule`);
  }
  return operands.map((operand, i) => () => {
    const own = terms[i]!;
    const others = operands.flatMap((_, j) => (j === i ? [] : [j]));
    const known = new Set([result, ...others.map((j) => terms[j]!)].join(''));
    const found = [...own].filter((letter) => known.has(letter)).join('');
    const lost = [...own].flatMap((letter, axis) => (known.has(letter) ? [] : [axis]));
    const equation = `${[result, ...others.map((j) => terms[j]!)].join(',')}->${found}`;
    const dx = g.Einsum(equation, dy, ...others.map((j) => operands[j]!));
    return inShapeOf(request, lost.length === 0 ? dx : g.Unsqueeze(dx, lost), operand);
  });
};

/** Letters broadcast: where the operand has size 1, dx is summed, and where dx has, it is repeated. */
function inShapeOf(request: RuleRequest, dx: Value, operand: Value): Value {
  const { g } = request;
  const own = g.typeOf(operand).dims;
  const sum = unBroadcast(g, dx, g.typeOf(dx).dims, operand, (value) => shapeOf(request, value));
  const same = g.typeOf(sum).dims?.every((size, axis) => size !== null && size === own?.[axis]) ?? false;
  return same ? sum : expandTo(request, sum, operand);
}
