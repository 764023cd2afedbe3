import type { LogitOptimiser } from '../contracts/logit-optimiser.js';
import { requirePositive } from '../require-that.js';

/** What is usually left alone. */
export interface AdamOptions {
  /** Decay of the first and second moment. Default: [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to √v. Gradients far below it hardly move a logit. Default: 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam, uphill (Kingma and Ba 2015; the published EntRGi code). The reward's scale cancels: in three updates a logit moves at most
 * 3.005 · learningRate.
 */
export const adam = (learningRate: number, options: AdamOptions = {}): LogitOptimiser => {
  requirePositive('learningRate', learningRate);
  const { betas = [0.9, 0.999], epsilon = 1e-8 } = options;
  const [beta1, beta2] = betas;
  return (size) => {
    const first = new Float32Array(size);
    const second = new Float32Array(size);
    let updates = 0;
    return {
      update(logits, gradient) {
        updates++;
        const stepSize = learningRate / (1 - beta1 ** updates);
        const correction = 1 / Math.sqrt(1 - beta2 ** updates);
        for (let i = 0; i < size; i++) {
          const g = gradient[i]!;
          const m = beta1 * first[i]! + (1 - beta1) * g;
          const v = beta2 * second[i]! + (1 - beta2) * g * g;
          first[i] = m;
          second[i] = v;
          logits[i]! += (stepSize * m) / (Math.sqrt(v) * correction + epsilon);
        }
      },
    };
  };
};
