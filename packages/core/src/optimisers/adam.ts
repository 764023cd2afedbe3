import type { LogitOptimiser } from '../contracts/logit-optimiser.js';
import { requirePositive } from '../require-that.js';

/** What is usually left alone. */
export interface AdamOptions {
  /** Decay of the first and second moment. Default: [0.9, 0.999]. */
  readonly betas?: readonly [number, number];
  /** Added to √v. Gradients far below it hardly move a logit. Default: 1e-8. */
  readonly epsilon?: number;
}

/** Gradients below it count as 0: next to epsilon they move nothing, and squared they would be subnormal floats, which are slow. */
const NEGLIGIBLE = 1e-17;

/**
 * Adam, uphill (Kingma and Ba 2015; the published EntRGi code). The reward's scale cancels: in three updates a logit moves at most
 * 3.005 · learningRate.
 */
export const adam = (learningRate: number, options: AdamOptions = {}): LogitOptimiser => {
  requirePositive('learningRate', learningRate);
  const { betas = [0.9, 0.999], epsilon = 1e-8 } = options;
  const [beta1, beta2] = betas;
  const optimiser: LogitOptimiser = (size) => {
    const first = new Float32Array(size);
    const second = new Float32Array(size);
    let updates = 0;
    return {
      update(logits, gradient) {
        updates++;
        const stepSize = learningRate / (1 - beta1 ** updates);
        const correction = 1 / Math.sqrt(1 - beta2 ** updates);
        for (let i = 0; i < size; i++) {
          const slope = gradient[i]!;
          const g = slope < NEGLIGIBLE && slope > -NEGLIGIBLE ? 0 : slope;
          const m = beta1 * first[i]! + (1 - beta1) * g;
          const v = beta2 * second[i]! + (1 - beta2) * g * g;
          first[i] = m;
          second[i] = v;
          logits[i]! += (stepSize * m) / (Math.sqrt(v) * correction + epsilon);
        }
      },
    };
  };
  return Object.assign(optimiser, {
    maxMovement: (count: number) => learningRate * largestSteps(count, beta1, beta2),
  });
};

/**
 * The largest sum of m̂/√v̂ over `count` updates. With m̂ = Σ aᵢ gᵢ and v̂ = Σ bᵢ gᵢ², Cauchy and Schwarz bound one update by √(Σ aᵢ²/bᵢ),
 * which some gradients attain.
 */
const largestSteps = (count: number, beta1: number, beta2: number): number => {
  let total = 0;
  for (let t = 1; t <= count; t++) {
    let sum = 0;
    for (let age = 0; age < t; age++) {
      const a = ((1 - beta1) * beta1 ** age) / (1 - beta1 ** t);
      const b = ((1 - beta2) * beta2 ** age) / (1 - beta2 ** t);
      sum += a ** 2 / b;
    }
    total += Math.sqrt(sum);
  }
  return total;
};
