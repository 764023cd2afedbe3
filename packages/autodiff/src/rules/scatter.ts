import type { Value } from '@entrgi/onnx';
import type { RuleRequest } from '../rule.js';
import { zerosLike } from '../shapes.js';

/** What was overwritten has no gradient; an update has that of its place (of places written twice, each update the same). */
function scatter(
  request: RuleRequest,
  overwrite: (dy: Value, zeros: Value) => Value,
  take: (dy: Value) => Value,
) {
  const { attrs, unsupported } = request;
  const [, , updates] = request.x;
  const [dy] = request.dy;
  const reduction = attrs.string('reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') throw unsupported(`reduction '${reduction}' has no rule`);
  return [reduction === 'add' ? dy : () => overwrite(dy, zerosLike(request, updates)), null, () => take(dy)];
}

export const ScatterElements = (request: RuleRequest) => {
  const { g, attrs } = request;
  const [, indices] = request.x;
  const axis = attrs.int('axis', 0);
  return scatter(
    request,
    (dy, zeros) => g.ScatterElements(dy, indices, zeros, { axis }),
    (dy) => g.GatherElements(dy, indices, axis),
  );
};

export const ScatterND = (request: RuleRequest) => {
  const { g } = request;
  const [, indices] = request.x;
  return scatter(
    request,
    (dy, zeros) => g.ScatterND(dy, indices, zeros),
    (dy) => g.GatherND(dy, indices),
  );
};
