import { exponential, powers } from '@entrgi/core/internal';
import { type RecordingSpec, recordOutputs } from '../inputs/recorded-outputs.js';
import { processorTime } from '../measure/processor-time.js';
import type { Workload } from '../work/workload.js';

/**
 * What the arithmetic of the generation that `replay` times cannot do without, over the same numbers, in processor time. Of each logit in a
 * guidance step: a pass for the highest one, two exponentials (the relaxed distribution's, the entropy's), a pass that scales to sum 1, one that
 * looks at each probability to draw, one for the mean score, one that writes the gradient, and Adam's update of logits and moments. The sampler's
 * draw takes one more exponential, with the passes before and after it.
 */
export const passes = async (spec: RecordingSpec): Promise<Workload> => {
  const { logits, scores, size } = await recordOutputs(spec);
  const { guidanceSteps, learningRate } = spec;
  const scale = 1 / spec.temperature;
  const largest = Math.max(...scores.map(({ length }) => length));
  const [probs, first, second] = [1, 2, 3].map(() => new Float32Array(largest)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const step = (given: Float32Array, gradients: readonly Float32Array[]) => {
    const count = gradients[0]!.length;
    // Responses that are still equal have their logits once.
    const values = new Float32Array(count);
    for (let start = 0; start < count; start += given.length) values.set(given, start);
    first.fill(0, 0, count);
    second.fill(0, 0, count);
    for (const recorded of gradients) {
      const gradient = recorded.slice();
      for (let start = 0; start < count; start += size) {
        relaxed(values, start, start + size, scale, probs);
        sum(probs, start, start + size);
      }
      for (let start = 0; start < count; start += size) slopes(probs, gradient, start, start + size, scale);
      update(values, gradient, first, second, learningRate);
    }
    for (let start = 0; start < count; start += size) {
      distribution(values, start, start + size, scale, probs);
      sum(probs, start, start + size);
    }
  };
  return {
    async run() {
      const { seconds } = await processorTime(() => {
        logits.forEach((given, i) => {
          step(given, scores.slice(i * guidanceSteps, (i + 1) * guidanceSteps));
        });
      });
      return { seconds, units: logits.length };
    },
    async dispose() {},
  };
};

const highest = (values: Float32Array, start: number, end: number): number => {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) if (values[i]! > top) top = values[i]!;
  return top;
};

const sum = (values: Float32Array, start: number, end: number): number => {
  let total = 0;
  for (let i = start; i < end; i++) total += values[i]!;
  return total;
};

const distribution = (
  values: Float32Array,
  start: number,
  end: number,
  scale: number,
  probs: Float32Array,
): void => {
  const table = powers;
  const top = highest(values, start, end);
  let mass = 0;
  for (let i = start; i < end; i++) {
    const p = exponential((values[i]! - top) * scale, table);
    probs[i] = p;
    mass += p;
  }
  const share = 1 / mass;
  for (let i = start; i < end; i++) probs[i]! *= share;
};

/** The same, and the sums of the entropy of softmax(φ). */
const relaxed = (
  values: Float32Array,
  start: number,
  end: number,
  scale: number,
  probs: Float32Array,
): number => {
  const table = powers;
  const top = highest(values, start, end);
  let own = 0;
  let mass = 0;
  let energy = 0;
  for (let i = start; i < end; i++) {
    const z = values[i]! - top;
    const p = exponential(z * scale, table);
    probs[i] = p;
    own += p;
    const e = exponential(z, table);
    mass += e;
    energy += z * e;
  }
  const share = 1 / own;
  for (let i = start; i < end; i++) probs[i]! *= share;
  return Math.log(mass) - energy / mass;
};

/** Writes the gradient in place of the scores. */
const slopes = (
  probs: Float32Array,
  scores: Float32Array,
  start: number,
  end: number,
  scale: number,
): void => {
  let mean = 0;
  for (let i = start; i < end; i++) mean += probs[i]! * scores[i]!;
  for (let i = start; i < end; i++) scores[i] = probs[i]! * (scores[i]! - mean) * scale;
};

const update = (
  values: Float32Array,
  gradient: Float32Array,
  first: Float32Array,
  second: Float32Array,
  learningRate: number,
): void => {
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const m = 0.9 * first[i]! + 0.1 * g;
    const v = 0.999 * second[i]! + 0.001 * g * g;
    first[i] = m;
    second[i] = v;
    values[i]! += (learningRate * m) / (Math.sqrt(v) + 1e-8);
  }
};
