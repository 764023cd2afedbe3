import type { Value } from '../model/model.js';
import type { RewriteRequest, RewriteRule } from './rewrite-rule.js';

/** A reduction over all axes of space; where the rank is not known the node stays. */
const overSpace =
  (reduce: (request: RewriteRequest, axes: readonly number[]) => Value): RewriteRule =>
  (request) => {
    const rank = request.rank(request.input(0));
    if (rank === undefined) return null;
    return reduce(
      request,
      Array.from({ length: rank - 2 }, (_, i) => i + 2),
    );
  };

export const pools: Readonly<Record<string, RewriteRule>> = {
  GlobalAveragePool: overSpace(({ g, input }, axes) => g.ReduceMean(input(0), axes)),
  GlobalMaxPool: overSpace(({ g, input }, axes) => g.ReduceMax(input(0), axes)),
};
