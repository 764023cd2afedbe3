import {
  type DifferentiableReward,
  disposable,
  hashTokens,
  InvalidArgumentError,
  type RandomStreamKey,
  randomStream,
  relaxations,
  rewardGuidance,
} from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { presets, sample, preset as toPreset } from '../index.js';
import { bigramDenoiser, vocabulary } from '../testing/bigram-denoiser.js';

const [trajectories, steps, length, seed] = [3, 2, 8, 5];
const { size, maskId, endIds, padId } = vocabulary;

/** Embeddings of the reward, [size, 2], and what it reads of them. */
const embedding = (id: number) => [Math.sin(3 * id + 1), Math.cos(2 * id)] as const;
const read = [1.3, -0.8] as const;
const dot = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]) => a * c + b * d;

/** R = Σ over visible slots of 3 tanh(read · e), in which a mixture is what ResponseMix says; its derivative by hand. */
const reward: DifferentiableReward = {
  name: 'tanh',
  score: async (_, responses) => new Float64Array(responses.length),
  ...disposable(async () => {}),
  open: async () => ({
    ...disposable(async () => {}),
    async evaluate({ rows, probs, weights, tokenIds, attention, candidates }) {
      const ids = candidates === undefined ? Array.from({ length: size }, (_, id) => id) : [...candidates];
      const values = new Float64Array(tokenIds.length / length);
      const tokenScores = new Float32Array(probs.length);
      tokenIds.forEach((id, slot) => {
        if (attention[slot] === 0) return;
        const row = rows.indexOf(slot);
        let along = dot(read, embedding(id));
        if (row >= 0) {
          const soft = ids.reduce(
            (sum, each, c) => sum + probs[row * ids.length + c]! * dot(read, embedding(each)),
            0,
          );
          along = soft + weights[row]! * (along - soft);
        }
        values[Math.floor(slot / length)]! += 3 * Math.tanh(along);
        if (row < 0) return;
        ids.forEach((each, c) => {
          tokenScores[row * ids.length + c] = 3 * (1 - Math.tanh(along) ** 2) * dot(read, embedding(each));
        });
      });
      return { values, tokenScores };
    },
  }),
};

/** What a source says, in its own words; the formulas below are its, in float64, one position after the other. */
interface Source {
  readonly soft: number;
  readonly weight: number;
  readonly filtersHard: boolean;
  readonly update: 'adam' | 'ascent';
  readonly learningRate: number;
  readonly confidence: 'initial' | 'optimized';
  readonly endsWait: boolean;
}
const TAU = 0.7;
const code = {
  soft: TAU,
  weight: 1,
  filtersHard: true,
  update: 'adam',
  confidence: 'initial',
  endsWait: true,
} as const;
/** LLaDA's is a sampler of its own: see llada.test.ts. */
const { llada: _, ...guided } = presets;
const sources: Readonly<Record<keyof typeof guided, Source>> = {
  published: { ...code, learningRate: 0.5 },
  reference: { ...code, learningRate: 1 },
  paper: {
    soft: TAU,
    weight: TAU,
    filtersHard: false,
    update: 'ascent',
    learningRate: 0.5,
    confidence: 'optimized',
    endsWait: false,
  },
  talk: {
    soft: 1,
    weight: 1,
    filtersHard: false,
    update: 'ascent',
    learningRate: 1 / 2,
    confidence: 'initial',
    endsWait: false,
  },
};

const softmax = (logits: number[], temperature: number): number[] => {
  const top = Math.max(...logits);
  const e = logits.map((x) => Math.exp((x - top) / temperature));
  const sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
};
const entropy = (probs: number[]) => -probs.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
const nucleus = (probs: number[]): number[] => {
  const byProbability = [...probs.keys()].sort((a, b) => probs[b]! - probs[a]!);
  let mass = 0;
  const kept = new Set<number>();
  for (const id of byProbability) {
    if (mass >= 0.95) break;
    kept.add(id);
    mass += probs[id]!;
  }
  return probs.map((p, id) => (kept.has(id) ? p / mass : 0));
};
const drawn = (probs: number[], uniform: number): number => {
  let left = uniform * probs.reduce((a, b) => a + b);
  return probs.findIndex((p) => {
    left -= p;
    return left < 0;
  });
};

const firstStep = async (source: Source, guidanceSteps: number, prompt: string) => {
  const denoiser = bigramDenoiser();
  const prefix = denoiser.encodePrompt(prompt);
  const total = prefix.length + length;
  const raw = await denoiser.logits({
    tokenIds: Int32Array.from({ length: total }, (_, i) => prefix[i] ?? maskId!),
    batch: 1,
    length: total,
    positions: Int32Array.from({ length }, (_, i) => prefix.length + i),
  });
  const drawable = (id: number) => id !== maskId && vocabulary.tokens[id] !== undefined;
  const initial = Array.from({ length }, (_, l) =>
    Array.from({ length: size }, (_, id) => (drawable(id) ? raw[l * size + id]! : Number.NEGATIVE_INFINITY)),
  );
  return Array.from({ length: trajectories }, (_, trajectory) => {
    const stream = (purpose: RandomStreamKey['purpose'], guidanceStep?: number) =>
      randomStream({ seed, prompt: hashTokens(prefix), trajectory, step: 1, purpose, guidanceStep });
    const logits = initial.map((row) => [...row]);
    const moments = logits.map((row) => row.map(() => [0, 0] as [number, number]));
    const rewards: number[] = [];
    let weights: number[] = [];
    for (let m = 0; m < guidanceSteps; m++) {
      const random = stream('guidance', m);
      const firstEnd = logits.findIndex((row) => endIds.includes(row.indexOf(Math.max(...row))));
      const isVisible = (l: number) =>
        (firstEnd < 0 || l <= firstEnd) && logits[l]!.indexOf(Math.max(...logits[l]!)) !== padId;
      let value = 0;
      weights = [];
      const gradients = logits.map((row, l) => {
        const q = softmax(row, source.soft);
        const weight = entropy(softmax(row, source.weight)) / Math.log(size);
        weights.push(weight);
        const own = softmax(row, TAU);
        const hard = drawn(source.filtersHard ? nucleus(own) : own, random.uniform());
        const scores = row.map((_, id) => dot(read, embedding(id)));
        const soft = q.reduce((sum, p, id) => sum + p * scores[id]!, 0);
        const mixed = soft + weight * (scores[hard]! - soft);
        if (!isVisible(l)) return row.map(() => 0);
        value += 3 * Math.tanh(mixed);
        const slope = 3 * (1 - Math.tanh(mixed) ** 2);
        return q.map((p, id) => (p * slope * (scores[id]! - soft)) / source.soft);
      });
      rewards.push(value);
      for (let l = 0; l < length; l++) {
        for (let id = 0; id < size; id++) {
          const g = gradients[l]![id]!;
          const moment = moments[l]![id]!;
          moment[0] = 0.9 * moment[0] + 0.1 * g;
          moment[1] = 0.999 * moment[1] + 0.001 * g * g;
          const [first, second] = [moment[0] / (1 - 0.9 ** (m + 1)), moment[1] / (1 - 0.999 ** (m + 1))];
          logits[l]![id]! +=
            source.learningRate * (source.update === 'adam' ? first / (Math.sqrt(second) + 1e-8) : g);
        }
      }
    }
    const random = stream('token');
    const tokens = logits.map((row) => drawn(nucleus(softmax(row, TAU)), random.uniform()));
    const scored = source.confidence === 'initial' ? initial : logits;
    const rank = tokens.map((token, l) =>
      source.endsWait && endIds.includes(token)
        ? Number.POSITIVE_INFINITY
        : entropy(softmax(scored[l]!, TAU)),
    );
    const count = Math.floor(length * (1 - (1 - (1 - 1e-3) / steps)));
    const chosen = [...rank.keys()].sort((a, b) => rank[a]! - rank[b]! || a - b).slice(0, count);
    return {
      rewards,
      weights,
      committed: chosen.sort((a, b) => a - b).map((position) => [position, tokens[position]]),
    };
  });
};

describe.each(Object.entries(guided) as [keyof typeof guided, (typeof presets)['talk']][])(
  '%s',
  (name, preset) => {
    test.each(['Once', 'Two foxes', 'A door.'])(
      'a guided step is what the source says: %s',
      async (prompt) => {
        const guidance = rewardGuidance({ ...preset.guidance, relaxation: relaxations.entrgi, reward });
        const events = sample({
          ...preset.sample,
          denoiser: bigramDenoiser(),
          prompts: [prompt],
          guidance,
          trajectories,
          steps,
          maxNewTokens: length,
          seed,
          stopAtEnd: false,
        });
        const { value: event } = await events.next();
        if (event?.type !== 'step-end') throw new Error('expected a step');
        const expected = await firstStep(sources[name], 3, prompt);
        expected.forEach(({ rewards, committed }, k) => {
          expect(event.rewards!.first[k]).toBeCloseTo(rewards[0]!, 5);
          expect(event.rewards!.last[k]).toBeCloseTo(rewards.at(-1)!, 4);
          const own = event.committed.filter(({ trajectory }) => trajectory === k);
          expect(own.map(({ position, tokenId }) => [position, tokenId])).toEqual(committed);
        });
        const weights = expected.flatMap((each) => each.weights);
        expect(event.entropyWeight).toBeCloseTo(weights.reduce((a, b) => a + b) / weights.length, 5);
      },
    );

    test('its numbers are within every domain, and are the ones that its options use', () => {
      const { settings, sample: options, guidance } = preset;
      expect(options).toMatchObject({
        trajectories: settings.trajectories,
        steps: settings.steps,
        maxNewTokens: settings.maxNewTokens,
        temperature: settings.temperature,
      });
      expect(guidance.guidanceSteps).toBe(settings.guidanceSteps);
    });
  },
);

test('the published numbers: trajectories / steps / guidance steps, learning rate, temperature', () => {
  const { published, paper, reference, talk } = presets;
  const numbers = [published, paper, reference, talk].map(({ settings: p }) => [
    p.trajectories,
    p.steps,
    p.guidanceSteps,
    p.learningRate,
    p.temperature,
    p.topP,
    p.maxNewTokens,
  ]);
  expect(numbers).toEqual([
    [4, 128, 3, 0.5, 0.7, 0.95, 128],
    [4, 128, 3, 0.5, 0.7, 0.95, 128],
    [8, 64, 3, 1, 0.7, 0.95, 128],
    [4, 128, 3, 0.5, 0.7, 0.95, 128],
  ]);
});

test.each([
  [{ order: 'sideways' }, /^order: expected one of anchor, .*, got 'sideways'\.$/],
  [{ update: 'toString' }, "update: expected one of adam, ascent, got 'toString'."],
])('preset refuses %o', (change, message) => {
  const { settings } = presets.published;
  const attempt = () => toPreset({ ...settings, ...(change as Partial<typeof settings>) });
  expect(attempt).toThrow(message);
  expect(attempt).toThrow(InvalidArgumentError);
});
