import { InvalidArgumentError, NumericalError, type StepEvent } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { orders, type SampleOptions, sample } from '../index.js';
import { bigramDenoiser, vocabulary } from '../testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from '../testing/pull-guidance.js';

const MASK = vocabulary.maskId!;
const base = { prompts: ['a story'], trajectories: 2, steps: 10, maxNewTokens: 10 };

const stepsOf = async (options: Partial<SampleOptions>): Promise<StepEvent[]> => {
  const steps: StepEvent[] = [];
  const run = sample({ denoiser: bigramDenoiser(), ...base, ...options });
  for await (const event of run) if (event.type === 'step-end') steps.push(event);
  return steps;
};
const tokens = (steps: StepEvent[]) => steps.map(({ tokenIds }) => tokenIds);

describe('edit', () => {
  test('that changes nothing changes nothing, with and without guidance', async () => {
    for (const order of Object.values(orders)) {
      const edit = { logits() {}, tokens: async () => {} };
      const guidance = () => pullGuidance(pullReward(7, 12), 1);
      expect(tokens(await stepsOf({ order, edit }))).toEqual(tokens(await stepsOf({ order })));
      const guided = await stepsOf({ order, edit, guidance: guidance() });
      // An edit sees every token, and so does guidance then.
      expect(tokens(guided)).toEqual(
        tokens(await stepsOf({ order, guidance: guidance(), vocabularyTolerance: 0 })),
      );
    }
  });

  test('logits: what is excluded is not drawn, what is raised is, at the row that is named', async () => {
    const steps = await stepsOf({
      stopAtEnd: false,
      edit: {
        logits({ rows, logits, length }) {
          expect(logits.values.length).toBe(rows.length * vocabulary.size);
          for (const [row, at] of rows.entries()) {
            logits.values[row * vocabulary.size + 4 + ((at % length) % 3)] = 99;
          }
        },
      },
    });
    steps.at(-1)!.tokenIds.forEach((id, at) => {
      expect(id).toBe(4 + ((at % 10) % 3));
    });
  });

  test('tokens: what is written stays, what is masked is drawn again', async () => {
    let asked = 0;
    const steps = await stepsOf({
      stopAtEnd: false,
      edit: {
        tokens({ tokenIds, step, length }) {
          asked++;
          tokenIds[3] = 5;
          if (step === 6) tokenIds.fill(MASK, length, 2 * length);
        },
      },
    });
    expect(asked).toBe(10);
    for (const { tokenIds } of steps) expect(tokenIds[3]).toBe(5);
    expect(steps[5]!.remaining[1]).toBe(10);
    expect(steps[5]!.changed!.filter(({ trajectory }) => trajectory === 1).length).toBeGreaterThan(2);
    expect(steps.at(-1)!.remaining).toEqual([0, 0]);
  });

  test.each<[string, SampleOptions['edit'], RegExp, typeof InvalidArgumentError | typeof NumericalError]>([
    [
      'a NaN',
      { logits: ({ logits }) => void logits.values.fill(Number.NaN, 1, 2) },
      /edit.logits, step \d+: .* got NaN in row 0/,
      NumericalError,
    ],
    [
      'a row without anything',
      { logits: ({ logits }) => void logits.values.fill(-Infinity) },
      /got only −∞ in row 0/,
      NumericalError,
    ],
    [
      'an id that nobody writes',
      { tokens: ({ tokenIds }) => void tokenIds.fill(11, 12, 13) },
      /edit.tokens, step 1, trajectory 1, position 2: expected the id of a token, got 11/,
      InvalidArgumentError,
    ],
    [
      'a mask at the end',
      { tokens: ({ tokenIds, step }) => void (step === 10 && tokenIds.fill(MASK, 0, 1)) },
      /step 10, trajectory 0, position 0: .* no later step fills/,
      InvalidArgumentError,
    ],
  ])('that leaves %s is refused', async (_, edit, message, kind) => {
    const failure = stepsOf({ edit });
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(kind);
  });

  test('of blocks: masks again only what is filled later', async () => {
    const edit: SampleOptions['edit'] = {
      tokens: ({ tokenIds, step }) => void (step === 7 && tokenIds.fill(MASK, 1, 2)),
    };
    await expect(stepsOf({ blockLength: 5, edit })).rejects.toThrow(/position 1: .* no later step fills/);
  });

  test.each([[null], ['x'], [{ tokens: 5 }]])('%j is none', (edit) => {
    expect(() => sample({ denoiser: bigramDenoiser(), ...base, edit: edit as never })).toThrow(/^edit/);
  });
});

describe('guidance at times', () => {
  const guided = async (options: Partial<SampleOptions>) =>
    (
      await stepsOf({
        ...options,
        stopAtEnd: false,
        skipRedundant: false,
        guidance: pullGuidance(pullReward(7, 12), 1),
      })
    )
      .filter(({ rewards }) => rewards !== undefined)
      .map(({ step }) => step);

  test('every k-th step, within a window', async () => {
    expect(await guided({})).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await guided({ guidanceEvery: 3 })).toEqual([1, 4, 7, 10]);
    expect(await guided({ guidanceFrom: 0.3, guidanceUntil: 0.6 })).toEqual([4, 5, 6]);
    expect(await guided({ guidanceEvery: 2, guidanceFrom: 0.5 })).toEqual([7, 9]);
    expect(await guided({ guidanceUntil: 0 })).toEqual([]);
  });

  test('a step without guidance is an unguided one', async () => {
    const never = await stepsOf({ guidance: pullGuidance(pullReward(7, 12), 2), guidanceUntil: 0 });
    expect(tokens(never)).toEqual(tokens(await stepsOf({})));
    const until = await stepsOf({ guidance: pullGuidance(pullReward(7, 12), 2), guidanceFrom: 0.5 });
    const plain = await stepsOf({});
    expect(tokens(until).slice(0, 5)).toEqual(tokens(plain).slice(0, 5));
    expect(tokens(until)).not.toEqual(tokens(plain));
  });

  test.each<[Partial<SampleOptions>, RegExp]>([
    [{ guidanceEvery: 0 }, /guidanceEvery: expected a whole number of at least 1/],
    [{ guidanceFrom: -0.1 }, /guidanceFrom: expected a number of at least 0 and at most 1/],
    [{ guidanceUntil: 1.1 }, /guidanceUntil/],
    [{ entropyBound: -1 }, /entropyBound: expected a number of at least 0/],
    [{ firstTrajectory: -1 }, /firstTrajectory/],
  ])('refuses %j', (options, message) => {
    expect(() => sample({ denoiser: bigramDenoiser(), ...base, ...options })).toThrow(message);
  });
});

describe('the order entropyBound', () => {
  test('commits while the summed entropy of what is before is within the bound, at least one', async () => {
    for (const entropyBound of [0, 0.5, 1.5, 100]) {
      const options = {
        order: orders.entropyBound,
        entropyBound,
        deprioritizeEos: false,
        stopAtEnd: false,
        filters: [],
      };
      const steps = await stepsOf({ ...options, trajectories: 1, steps: 12 });
      const denoiser = bigramDenoiser();
      const prefix = denoiser.encodePrompt('a story');
      let before: Int32Array = new Int32Array(10).fill(MASK);
      for (const { committed, tokenIds } of steps) {
        const masked = [...before.keys()].filter((slot) => before[slot] === MASK);
        if (masked.length === 0) break;
        const logits = await denoiser.logits({
          tokenIds: Int32Array.from([...prefix, ...before]),
          batch: 1,
          length: prefix.length + 10,
          positions: Int32Array.from(masked, (slot) => prefix.length + slot),
        });
        const rows = masked.map((slot, row) => {
          const weights = Array.from(logits.subarray(row * 12, row * 12 + 10), (x) => Math.exp(x / 0.7));
          const sum = weights.reduce((a, b) => a + b);
          const entropy = -weights.reduce((h, w) => h + (w / sum) * Math.log(w / sum), 0);
          return { slot, entropy };
        });
        const ranked = rows.toSorted((a, b) => a.entropy - b.entropy);
        const expected = ranked.filter(
          (_, i) => i === 0 || ranked.slice(0, i).reduce((sum, r) => sum + r.entropy, 0) <= entropyBound,
        );
        expect(committed.map(({ position }) => position)).toEqual(
          expected.map(({ slot }) => slot).toSorted((a, b) => a - b),
        );
        before = tokenIds;
      }
      expect(steps.at(-1)!.remaining).toEqual([0]);
      if (entropyBound === 100) expect(steps[0]!.remaining).toEqual([0]);
    }
  });

  test('in fewer steps than it would take, all that is left is committed in the last', async () => {
    const steps = await stepsOf({ order: orders.entropyBound, entropyBound: 0, steps: 3, stopAtEnd: false });
    expect(steps.map(({ remaining }) => remaining[0])).toEqual([9, 8, 0]);
  });
});
