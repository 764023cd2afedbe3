import type { LogitOptimiser, LogitOptimiserState } from '../contracts/logit-optimiser.js';
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
  const optimiser: LogitOptimiser = (size, previous) =>
    new Moments(size, { learningRate, beta1, beta2, epsilon }, previous);
  return Object.assign(optimiser, {
    maxMovement: (count: number) => learningRate * largestSteps(count, beta1, beta2),
  });
};

interface Settings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

class Moments implements LogitOptimiserState {
  private readonly first: Float32Array;
  private readonly second: Float32Array;
  private updates = 0;

  constructor(
    size: number,
    private readonly settings: Settings,
    previous?: LogitOptimiserState,
  ) {
    const old = previous instanceof Moments ? previous : undefined;
    this.first = zeros(size, old?.first);
    this.second = zeros(size, old?.second);
  }

  update(logits: Float32Array, gradient: Float32Array): void {
    const { learningRate, beta1, beta2, epsilon } = this.settings;
    const count = ++this.updates;
    const stepSize = learningRate / (1 - beta1 ** count);
    const correction = 1 / Math.sqrt(1 - beta2 ** count);
    move(logits, gradient, this.first, this.second, beta1, beta2, stepSize, correction, epsilon);
  }
}

/** In the memory of an old array, where that is large enough. */
const zeros = (size: number, old?: Float32Array): Float32Array =>
  old !== undefined && old.buffer.byteLength >= 4 * size
    ? new Float32Array(old.buffer as ArrayBuffer, 0, size).fill(0)
    : new Float32Array(size);

/** One update. Everything comes as a parameter: what a closure holds is read again for each logit, which takes half as long again. */
const move = (
  logits: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  beta1: number,
  beta2: number,
  stepSize: number,
  correction: number,
  epsilon: number,
): void => {
  // Gradients below it count as 0: next to epsilon they move nothing, and squared they would be subnormal floats, which are slow.
  const negligible = 1e-17;
  const fresh1 = 1 - beta1;
  const fresh2 = 1 - beta2;
  for (let i = 0; i < first.length; i++) {
    const slope = gradient[i]!;
    const g = slope < negligible && slope > -negligible ? 0 : slope;
    const m = beta1 * first[i]! + fresh1 * g;
    const v = beta2 * second[i]! + fresh2 * g * g;
    first[i] = m;
    second[i] = v;
    logits[i]! += (stepSize * m) / (Math.sqrt(v) * correction + epsilon);
  }
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
