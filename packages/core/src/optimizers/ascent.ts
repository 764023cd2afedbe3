import type { LogitOptimizer } from '../contracts/guidance/logit-optimizer.js';
import { requirePositive } from '../options/require-that.js';

/**
 * φ ← φ + η ∂R/∂φ: the update of the paper, and with η = 1/β that of the talk. The reward's scale matters.
 */
export const ascent = (learningRate: number): LogitOptimizer => {
  requirePositive('learningRate', learningRate);
  const optimizer: LogitOptimizer = () => ({
    update(logits, gradient) {
      for (let i = 0; i < logits.length; i++) logits[i]! += learningRate * gradient[i]!;
    },
  });
  return Object.assign(optimizer, { rule: { learningRate } });
};
