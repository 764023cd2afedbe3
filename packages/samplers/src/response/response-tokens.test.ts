import { filters, InvalidArgumentError, type SampleEvent } from '@entrgi/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orders, type ResponseTemplate, type SampleOptions, sample } from '../index.js';
import { bigramDenoiser, vocabulary } from '../testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from '../testing/pull-guidance.js';
import { endsFrom, responseTokens } from './response-tokens.js';

const MASK = vocabulary.maskId!;
const END = vocabulary.endIds[0]!;
const denoiser = bigramDenoiser();
const tokens = (template: ResponseTemplate, length = 8) =>
  Array.from(responseTokens(template, denoiser, { length, maskId: MASK }));

/** What every letter is to the bigram denoiser. */
const [a, b, c] = Array.from(denoiser.encodeText('abc')) as [number, number, number];

const finished = async (options: Partial<SampleOptions>) => {
  const events: SampleEvent[] = [];
  const run = sample({
    denoiser: bigramDenoiser(),
    prompts: ['story'],
    maxNewTokens: 8,
    steps: 8,
    ...options,
  });
  for await (const event of run) events.push(event);
  const end = events.at(-1)!;
  if (end.type !== 'prompt-end') throw new Error('expected the end');
  return { events, responses: end.trajectories.map(({ tokenIds }) => Array.from(tokenIds)) };
};

describe('parts', () => {
  test.each<[ResponseTemplate, number[]]>([
    [['ab'], [a, b, MASK, MASK, MASK, MASK, MASK, MASK]],
    [
      [null, 'ab'],
      [MASK, MASK, MASK, MASK, MASK, MASK, a, b],
    ],
    [
      ['a', 2, 'bc'],
      [a, MASK, MASK, b, c, MASK, MASK, MASK],
    ],
    [
      ['a', null, 'b', 1, 'c'],
      [a, MASK, MASK, MASK, MASK, b, MASK, c],
    ],
    [
      ['abcabcab'.slice(0, 7), null],
      [a, b, c, a, b, c, a, MASK],
    ],
    [[8], new Array(8).fill(MASK)],
    [[], new Array(8).fill(MASK)],
    [Int32Array.of(a, MASK, b, MASK, END, MASK, MASK, MASK), [a, MASK, b, MASK, END, MASK, MASK, MASK]],
  ])('%j', (template, expected) => expect(tokens(template)).toEqual(expected));

  test.each<[unknown, RegExp]>([
    ['ab', /response: expected parts: text, numbers of tokens and null, got ab/],
    [['abcabcabc'], /response: expected at most 8 tokens \(maxNewTokens\), got 9/],
    [['abcabcab'], /something that is left to write/],
    [['a', null, 'b', null], /null at most once/],
    [['a', 0], /response\[1\]: expected a whole number of at least 1, got 0/],
    [['a', 1.5], /response\[1\]/],
    [new Array(1), /response\[0\]: .* got undefined/],
    [[{}], /response\[0\]/],
    [Int32Array.of(1, 2), /response: expected 8 token ids \(maxNewTokens\)/],
    [new Int32Array(8).fill(11), /response: expected ids of tokens/],
    [new Int32Array(8).fill(-1), /response: expected ids of tokens/],
    [new Int32Array(8).fill(a), /something that is left to write/],
  ])('refuses %j', (template, message) => {
    const attempt = () =>
      sample({ denoiser, prompts: ['p'], maxNewTokens: 8, steps: 8, response: template as ResponseTemplate });
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(InvalidArgumentError);
  });

  test('a response may end where no text stands any more', () => {
    const from = (ids: number[]) => endsFrom(Int32Array.from(ids), { maskId: MASK, vocabulary });
    expect(from([MASK, MASK])).toBe(0);
    expect(from([a, MASK])).toBe(1);
    expect(from([MASK, a, MASK])).toBe(2);
    expect(from([MASK, a, MASK, END])).toBe(2);
  });
});

test('text that begins the response is as if it ended the prompt', async () => {
  for (const order of [orders.entropy, orders.maskgitPlus, orders.anchor]) {
    const options = { order, temperature: 0, trajectories: 1, filters: [], stopAtEnd: false };
    const begun = await finished({ ...options, prompts: ['story'], response: ['abc'], maxNewTokens: 11 });
    const prompted = await finished({ ...options, prompts: ['storyabc'], maxNewTokens: 8 });
    expect(begun.responses[0]).toEqual([a, b, c, ...prompted.responses[0]!]);
  }
});

test('whatever the order, guidance, blocks and temperature: what stands stays, no mask is left, nothing ends before it', async () => {
  const template = fc.array(fc.constantFrom(MASK, MASK, a, b, c), { minLength: 12, maxLength: 12 });
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(
      template.filter((ids) => ids.includes(MASK)),
      fc.constantFrom(...Object.values(orders)),
      fc.constantFrom(0, 0.7, 3),
      fc.constantFrom(3, 4, 12),
      fc.boolean(),
      fc.boolean(),
      async (ids, order, temperature, blockLength, guided, computeAll) => {
        const response = Int32Array.from(ids);
        const { events, responses } = await finished({
          response,
          order,
          temperature,
          blockLength,
          maxNewTokens: 12,
          steps: 12,
          trajectories: 2,
          skipRedundant: !computeAll,
          deprioritizeEos: false,
          filters: [filters.topK(9)],
          ...(guided ? { guidance: pullGuidance(pullReward(END, 12), 1) } : {}),
        });
        const last = ids.findLastIndex((id) => id !== MASK);
        for (const written of responses) {
          ids.forEach((id, slot) => {
            if (id !== MASK) expect(written[slot]).toBe(id);
          });
          expect(written).not.toContain(MASK);
          expect(written.slice(0, last + 1)).not.toContain(END);
          seen += written.includes(END) ? 1 : 0;
        }
        for (const event of events) {
          if (event.type !== 'step-end') continue;
          for (const { position } of event.committed) expect(ids[position]).toBe(MASK);
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(seen).toBeGreaterThan(0);
});
