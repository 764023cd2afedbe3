import type { LogitOptimizer, LogitOptimizerState } from '../contracts/guidance/logit-optimizer.js';
import { NumericalError } from '../errors/errors.js';
import { type OptionNames, requireKnownOptions } from '../options/require-known-options.js';
import { requireObject, requirePositive, requireThat } from '../options/require-that.js';

/** What is usually left alone. */
export interface AdamOptions {
  /**
   * Decay of the first and second moment, each in [0, 1).
   * @default [0.9, 0.999]
   */
  readonly betas?: readonly [number, number] | undefined;
  /**
   * Added to √v, above 0. Gradients far below it hardly move a logit. Moments are kept in float32: epsilon ·
   * √(1 − β₂) must be at least 1e-16, so that squares of gradients as small as epsilon are told from 0.
   * @default 1e-8
   */
  readonly epsilon?: number | undefined;
}

const optionNames: OptionNames<AdamOptions> = { betas: true, epsilon: true };

/**
 * Of epsilon: gradients below it count as 0, which moves a logit by a thousand millionth of the learning rate
 * less, or not at all.
 */
const NEGLIGIBLE = 1e-9;
/** The largest float32. */
const LARGEST = 2 ** 128 - 2 ** 104;

/**
 * Adam, uphill (Kingma and Ba 2015; the published EntRGi code). The reward's scale cancels: in three updates
 * a logit moves at most 3.005 · learningRate.
 * @throws InvalidArgumentError for settings outside their domain; an update, NumericalError for gradients
 *   whose squares overflow
 */
export const adam = (learningRate: number, options: AdamOptions = {}): LogitOptimizer => {
  requirePositive('learningRate', learningRate);
  requireObject('adam', options, 'options');
  requireKnownOptions('adam', options, optionNames);
  const { betas = [0.9, 0.999], epsilon = 1e-8 } = options;
  requireThat('betas', betas, 'two numbers', Array.isArray(betas) && betas.length === 2);
  const [beta1, beta2] = betas;
  for (const [index, beta] of [beta1, beta2].entries()) {
    const isDecay = typeof beta === 'number' && beta >= 0 && beta < 1;
    requireThat(`betas[${index}]`, beta, 'a number of at least 0 and below 1', isDecay);
  }
  requirePositive('epsilon', epsilon);
  const least = 1e-16 / Math.sqrt(1 - beta2);
  requireThat('epsilon', epsilon, `at least 1e-16 / √(1 − β₂) = ${least.toPrecision(3)}`, epsilon >= least);
  const optimizer: LogitOptimizer = (size, previous) =>
    new Moments(size, { learningRate, beta1, beta2, epsilon }, previous);
  return Object.assign(optimizer, {
    maxMovement: (count: number) => learningRate * largestSteps(count, beta1, beta2),
    rule: { learningRate, adam: { beta1, beta2, epsilon } },
  });
};

interface Settings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

class Moments implements LogitOptimizerState {
  readonly #settings: Settings;
  readonly #first: Float32Array;
  readonly #second: Float32Array;
  #updates = 0;

  constructor(size: number, settings: Settings, previous?: LogitOptimizerState) {
    const isOwn = previous instanceof Moments;
    this.#settings = settings;
    this.#first = zeros(size, isOwn ? previous.#first : undefined);
    this.#second = zeros(size, isOwn ? previous.#second : undefined);
  }

  update(logits: Float32Array, gradient: Float32Array): void {
    const { learningRate, beta1, beta2, epsilon } = this.#settings;
    const count = ++this.#updates;
    const stepSize = learningRate / (1 - beta1 ** count);
    const correction = 1 / Math.sqrt(1 - beta2 ** count);
    // Gradients that small, squared, would be subnormal floats, which are slow: with epsilon 1e-8 the limit is 1e-17.
    const negligible = Math.min(NEGLIGIBLE * epsilon, 1e-17);
    const total = move(
      logits,
      gradient,
      this.#first,
      this.#second,
      beta1,
      beta2,
      stepSize,
      correction,
      epsilon,
      negligible,
    );
    // What overflows to infinity would hold its logit still from then on.
    if (!(total > LARGEST) || !this.#second.includes(Number.POSITIVE_INFINITY)) return;
    throw new NumericalError('Adam: expected gradients whose squares float32 can hold, got larger ones.', {
      value: total,
      hint: 'Lower the scale of the reward, or check its weights.',
    });
  }
}

/** In the memory of an old array, where that is large enough. */
const zeros = (size: number, old?: Float32Array): Float32Array =>
  old !== undefined && old.buffer.byteLength >= 4 * size
    ? new Float32Array(old.buffer as ArrayBuffer, 0, size).fill(0)
    : new Float32Array(size);

/**
 * One update; returns the sum of second moments. Everything comes as a parameter: what a closure holds is
 * read again for each logit, which takes half as long again.
 */
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
  negligible: number,
): number => {
  let total = 0;
  const fresh1 = 1 - beta1;
  const fresh2 = 1 - beta2;
  for (let i = 0; i < first.length; i++) {
    const slope = gradient[i]!;
    // One comparison that is nearly always false: two of them, by sign, would be guessed wrong half of the time.
    const g = Math.abs(slope) < negligible ? 0 : slope;
    const m = beta1 * first[i]! + fresh1 * g;
    const v = beta2 * second[i]! + fresh2 * g * g;
    first[i] = m;
    second[i] = v;
    total += v;
    logits[i]! += (stepSize * m) / (Math.sqrt(v) * correction + epsilon);
  }
  return total;
};

/**
 * The largest sum of m̂/√v̂ over `count` updates. With m̂ = Σ aᵢ gᵢ and v̂ = Σ bᵢ gᵢ², Cauchy and Schwarz
 * bound one update by √(Σ aᵢ²/bᵢ), which some gradients attain.
 */
const largestSteps = (count: number, beta1: number, beta2: number): number => {
  let total = 0;
  for (let t = 1; t <= count; t++) {
    let sum = 0;
    for (let age = 0; age < t; age++) {
      const a = ((1 - beta1) * beta1 ** age) / (1 - beta1 ** t);
      const b = ((1 - beta2) * beta2 ** age) / (1 - beta2 ** t);
      // With β₂ = 0 an older gradient leaves no trace in v̂, and with β₁ = 0 none in m̂ either.
      if (a > 0) sum += a ** 2 / b;
    }
    total += Math.sqrt(sum);
  }
  return total;
};
