import {
  disposable,
  type Filter,
  filters,
  type GuidanceRequest,
  hashTokens,
  InvalidArgumentError,
  NumericalError,
  type PromptEndEvent,
  randomStream,
  type Schedule,
  type StepEvent,
} from '@entrgi/core';
import { drawToken } from '@entrgi/core/internal';
import { describe, expect, test } from 'vitest';
import { byConfidence, orders, presets, type SampleOptions, sample, schedules } from './index.js';
import { type BigramDenoiser, bigramDenoiser, vocabulary } from './testing/bigram-denoiser.js';
import { pullGuidance, pullReward } from './testing/pull-guidance.js';

const base = { trajectories: 3, steps: 8, maxNewTokens: 10, prompts: ['a story'], seed: 5 };

const run = async ({
  denoiser = bigramDenoiser(),
  ...options
}: Partial<SampleOptions> & { denoiser?: BigramDenoiser } = {}) => {
  const steps: StepEvent[] = [];
  const ends: PromptEndEvent[] = [];
  for await (const event of sample({ denoiser, ...base, ...options })) {
    if (event.type === 'step-end') steps.push(event);
    else ends.push(event);
  }
  return {
    denoiser,
    steps,
    ends,
    tokenIds: ends.map(({ trajectories }) => trajectories.map((t) => t.tokenIds)),
  };
};

/** What happened, without how long it took. */
const timeless = ({ steps, ends }: Awaited<ReturnType<typeof run>>) => [
  steps.map(({ timings: _, ...rest }) => rest),
  ends.map(({ timings: _, cost: { seconds, ...passes }, ...rest }) => ({ ...rest, passes })),
];

/** The loop once more, for one trajectory and the entropy order, in plain arrays and float64. */
const plainLoop = async (prompt: string, trajectory: number, tokenFilters: Filter[], temperature: number) => {
  const denoiser = bigramDenoiser();
  const prefix = denoiser.encodePrompt(prompt);
  const response: number[] = new Array(base.maxNewTokens).fill(vocabulary.maskId);
  const levels = Array.from({ length: base.steps + 1 }, (_, i) => 1 + (i / base.steps) * (1e-3 - 1));
  for (let i = 0; i < base.steps; i++) {
    const masked = response.flatMap((id, slot) => (id === vocabulary.maskId ? [slot] : []));
    const last = i === base.steps - 1;
    const count = last ? masked.length : Math.floor(masked.length * (1 - levels[i + 1]! / levels[i]!));
    if (count === 0) continue;
    const tokenIds = Int32Array.from([...prefix, ...response]);
    const random = randomStream({
      seed: base.seed,
      prompt: hashTokens(prefix),
      trajectory,
      step: i + 1,
      purpose: 'token',
    });
    const candidates = [];
    for (const slot of masked) {
      const positions = Int32Array.of(prefix.length + slot);
      const logits = await denoiser.logits({ tokenIds, batch: 1, length: tokenIds.length, positions });
      const weights = Array.from(logits, (x, id) => (id < 10 ? Math.exp(x / temperature) : 0));
      const sum = weights.reduce((a, b) => a + b);
      const probs = weights.map((w) => w / sum);
      const filtered = Float32Array.from(probs);
      for (const filter of tokenFilters) filter(filtered);
      const token = drawToken(filtered, random);
      const entropy = -probs.reduce((h, p) => h + (p > 0 ? p * Math.log(p) : 0), 0);
      candidates.push({
        slot,
        token,
        rank: vocabulary.endIds.includes(token) ? Number.POSITIVE_INFINITY : entropy,
      });
    }
    candidates.sort((a, b) => (a.rank === b.rank ? a.slot - b.slot : a.rank - b.rank));
    for (const { slot, token } of candidates.slice(0, count)) response[slot] = token;
  }
  return Int32Array.from(response);
};

describe('the loop', () => {
  test('does what a plain one does', async () => {
    const tokenFilters = [filters.topP(0.9)];
    const { tokenIds } = await run({ filters: tokenFilters, temperature: 0.8 });
    for (let k = 0; k < base.trajectories; k++) {
      expect(tokenIds[0]![k]).toEqual(await plainLoop('a story', k, tokenFilters, 0.8));
    }
  });

  test('reports every step and the finished responses', async () => {
    const { steps, ends, denoiser } = await run();
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const response = new Int32Array(30).fill(vocabulary.maskId!);
    for (const event of steps) {
      expect(event).toMatchObject({ prompt: 0, steps: 8, trajectories: 3, length: 10 });
      expect(event.rewards).toBeUndefined();
      for (const { trajectory, position, tokenId } of event.committed) {
        expect(response[trajectory * 10 + position]).toBe(vocabulary.maskId);
        response[trajectory * 10 + position] = tokenId;
      }
      expect(event.tokenIds).toEqual(response);
      const left = [0, 1, 2].map(
        (k) => response.subarray(k * 10, k * 10 + 10).filter((id) => id === vocabulary.maskId).length,
      );
      expect(event.remaining).toEqual(left);
    }
    expect(ends).toHaveLength(1);
    expect(ends[0]!.trajectories.flatMap(({ tokenIds }) => [...tokenIds])).toEqual([...response]);
    for (const { tokenIds, text } of ends[0]!.trajectories) expect(text).toBe(denoiser.decode(tokenIds));
    expect(ends[0]!.timings.steps).toBe(8);
    const spent = steps.reduce((sum, { timings }) => sum + timings.totalMs, 0);
    expect(ends[0]!.timings.totalMs).toBeGreaterThanOrEqual(spent);
  });

  test.each(Object.entries(orders))('leaves no mask and draws no padding row: %s', async (_, order) => {
    for (const orderTemperature of [0, 0.5]) {
      const { tokenIds, steps } = await run({ order, orderTemperature, temperature: 3, filters: [] });
      for (const id of tokenIds.flat().flatMap((ids) => [...ids])) expect(id).toBeLessThan(10);
      expect(steps.at(-1)!.remaining).toEqual([0, 0, 0]);
    }
  });

  test('goes through the denoiser once where responses are equal', async () => {
    const { denoiser } = await run();
    expect(denoiser.requests[0]).toMatchObject({ batch: 1 });
    expect(denoiser.requests.at(-1)).toMatchObject({ batch: 3 });
  });
});

describe('is reproducible', () => {
  test('the same seed gives the same bytes, another seed others', async () => {
    expect(timeless(await run())).toEqual(timeless(await run()));
    expect((await run()).tokenIds).not.toEqual((await run({ seed: 6 })).tokenIds);
  });

  test('trajectories differ, and do not depend on how many there are', async () => {
    const three = (await run()).tokenIds[0]!;
    expect(three[0]).not.toEqual(three[1]);
    expect((await run({ trajectories: 2 })).tokenIds[0]).toEqual(three.slice(0, 2));
  });

  test('a prompt does not depend on the others in its batch', async () => {
    const guidance = () => pullGuidance(pullReward(7, 12), 2);
    const alone = await run({ guidance: guidance() });
    const prompts = ['quite another and longer one', 'a story', 'x'];
    const together = await run({ prompts, guidance: guidance() });
    expect(together.tokenIds[1]).toEqual(alone.tokenIds[0]);
    expect(together.tokenIds[0]).not.toEqual(alone.tokenIds[0]);
    expect(together.ends.map(({ prompt }) => prompt)).toEqual([0, 1, 2]);
  });

  test('zero guidance steps equal unguided sampling, byte for byte', async () => {
    const reward = pullReward(7, 12);
    for (const order of Object.values(orders)) {
      const guided = await run({ guidance: pullGuidance(reward, 0), order, orderTemperature: 0.3 });
      expect(timeless(guided)).toEqual(timeless(await run({ order, orderTemperature: 0.3 })));
    }
    expect(reward.evaluations).toBe(0);
  });
});

describe('guidance', () => {
  test('moves the responses towards what the reward prefers, and reports it', async () => {
    const reward = pullReward(7, 12);
    const count = (ids: Int32Array[][]) => ids.flat().flatMap((t) => [...t].filter((id) => id === 7)).length;
    const guided = await run({ guidance: pullGuidance(reward, 3), prompts: ['a', 'b', 'c', 'd'] });
    const unguided = await run({ prompts: ['a', 'b', 'c', 'd'] });
    expect(count(guided.tokenIds)).toBeGreaterThan(2 * count(unguided.tokenIds) + 5);
    const working = guided.steps.filter(({ committed }) => committed.length > 0);
    expect(reward.evaluations).toBe(3 * working.length);
    for (const { rewards, entropyWeight } of working) {
      expect(rewards!.last[0]).toBeGreaterThan(rewards!.first[0]!);
      expect(entropyWeight).toBeGreaterThan(0);
      expect(entropyWeight).toBeLessThanOrEqual(1);
    }
  });

  test('is disposed when done, when abandoned and when it fails', async () => {
    let open = 0;
    const guidance = {
      maxMovement: 1,
      async open() {
        open++;
        return {
          optimize: () => Promise.reject(new Error('broken')),
          ...disposable(async () => {
            open--;
          }),
        };
      },
    };
    await expect(run({ guidance })).rejects.toThrow('broken');
    expect(open).toBe(0);
    const events = sample({ denoiser: bigramDenoiser(), ...base, steps: 40, guidance });
    for await (const event of events) if (event.type === 'step-end') break;
    expect(open).toBe(0);
  });
});

describe('steps that reveal nothing cost nothing', () => {
  test('neither denoiser nor guidance is asked', async () => {
    const reward = pullReward(7, 12);
    const { denoiser, steps } = await run({ steps: 50, guidance: pullGuidance(reward, 1), trajectories: 1 });
    expect(steps).toHaveLength(50);
    const working = steps.filter(({ committed }) => committed.length > 0).length;
    expect(working).toBeLessThanOrEqual(10);
    expect(denoiser.requests).toHaveLength(working);
    expect(reward.evaluations).toBe(working);
    expect(steps[0]!.committed).toEqual([]);
  });

  test('for the order origin, which draws how many', async () => {
    const { denoiser, steps } = await run({ steps: 60, order: orders.origin, trajectories: 2 });
    const working = steps.filter(({ committed }) => committed.length > 0);
    expect(denoiser.requests).toHaveLength(working.length);
    expect(working.length).toBeLessThan(25);
    // Trajectories that sit a step out, or are done, are not in its batch.
    expect(denoiser.requests.some(({ batch }) => batch === 1)).toBe(true);
  });
});

describe('a thousand million steps', () => {
  test.each(Object.entries(schedules))('for four tokens take no time: %s', async (_, schedule) => {
    const many = await run({ steps: 1e9, maxNewTokens: 4, schedule });
    expect(many.steps.at(-1)).toMatchObject({ step: 1e9, remaining: [0, 0, 0] });
    expect(many.steps.filter(({ committed }) => committed.length > 0).length).toBeLessThanOrEqual(4);
    // Of long runs of steps that reveal nothing only the last is reported.
    expect(many.steps.length).toBeLessThan(10);
    expect(many.ends[0]!.timings.steps).toBe(1e9);
  });

  test('which are found without looking at each are those that looking at each finds', async () => {
    // The same levels, of which nothing is said.
    const silent = (schedule: Schedule): Schedule =>
      Object.assign((step: number, steps: number) => schedule(step, steps), { count: schedule.count });
    for (const schedule of Object.values(schedules)) {
      for (const options of [{ steps: 22_000 }, { steps: 22_000, blockLength: 5 }]) {
        const found = await run({ ...options, trajectories: 1, schedule });
        const looked = await run({ ...options, trajectories: 1, schedule: silent(schedule) });
        expect(looked.steps).toHaveLength(options.steps);
        const working = ({ steps }: typeof found) =>
          steps
            .filter(({ committed }) => committed.length > 0)
            .map(({ step, committed }) => [step, committed]);
        expect(working(found)).toEqual(working(looked));
        expect(found.tokenIds).toEqual(looked.tokenIds);
      }
    }
  });

  test.each<[string, Pick<SampleOptions, 'order' | 'schedule' | 'skipRedundant'>]>([
    ['an order that draws how many', { order: orders.origin }],
    ['a schedule of one’s own', { schedule: (step, steps) => 1 - step / (2 * steps) }],
    ['redundant work', { skipRedundant: false }],
  ])('with %s are looked at one by one, and aborted in time', async (_, options) => {
    // Neither time nor a number of ticks in a time: on a loop that never turned there would be none, and no end.
    const stop = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => ++ticks === 5 && stop.abort(new Error('the fifth tick')), 10);
    const running = run({ ...options, steps: 1e9, maxNewTokens: 4, signal: stop.signal });
    await expect(running).rejects.toThrow('the fifth tick');
    clearInterval(timer);
    expect(ticks).toBe(5);
  });
});

describe('skipRedundant: false computes what nobody needs', () => {
  const off = { skipRedundant: false } as const;
  /** What was committed, without what steps that commit nothing report. */
  const committed = ({ steps, ends }: Awaited<ReturnType<typeof run>>) => [
    steps.map(({ committed, tokenIds, remaining }) => ({ committed, tokenIds, remaining })),
    steps.filter(({ committed }) => committed.length > 0).map(({ rewards }) => rewards?.last),
    ends.map(({ timings, cost, ...rest }) => rest),
  ];

  test('every response in every step', async () => {
    const reward = pullReward(7, 12);
    const { denoiser, steps } = await run({ ...off, steps: 50, guidance: pullGuidance(reward, 2) });
    expect(denoiser.requests).toHaveLength(50);
    expect(denoiser.requests.every(({ batch }) => batch === 3)).toBe(true);
    expect(reward.evaluations).toBe(2 * 50);
    expect(steps.filter((event) => event.committed.length > 0).length).toBeLessThanOrEqual(10);
  });

  test.each(Object.entries(orders))('and commits the same with the same rewards: %s', async (_, order) => {
    for (const variant of [{}, { blockLength: 5 }, { confidenceThreshold: 0.4 }, { stopAtEnd: false }]) {
      const options = { ...variant, order, orderTemperature: 0.3, steps: 40 };
      expect(committed(await run({ ...options, ...off }))).toEqual(committed(await run(options)));
      // The pulled reward is that of the first response in its batch: only of one does it not depend on who takes part.
      const guided = () => ({ ...options, trajectories: 1, guidance: pullGuidance(pullReward(7, 12), 2) });
      expect(committed(await run({ ...guided(), ...off }))).toEqual(committed(await run(guided())));
    }
  });
});

describe('temperature 0', () => {
  test('takes the most probable token, whatever the seed', async () => {
    const { tokenIds, steps, denoiser } = await run({ temperature: 0 });
    expect((await run({ temperature: 0, seed: 99 })).tokenIds).toEqual(tokenIds);
    const { committed } = steps.find((event) => event.committed.length > 0)!;
    const { tokenIds: batch, length, positions } = denoiser.requests[0]!;
    const logits = await bigramDenoiser().logits({ tokenIds: batch, batch: 1, length, positions });
    for (const { position, tokenId } of committed.filter(({ trajectory }) => trajectory === 0)) {
      const row = Array.from(logits.subarray(position * 12, position * 12 + 10));
      expect(tokenId).toBe(row.indexOf(Math.max(...row)));
    }
  });

  test('is guided too', async () => {
    const guided = await run({ temperature: 0, guidance: pullGuidance(pullReward(7, 12), 3) });
    expect(guided.tokenIds).not.toEqual((await run({ temperature: 0 })).tokenIds);
  });
});

describe('a ban', () => {
  const plainTokens = async () => (await run({ temperature: 0 })).tokenIds[0]!.flatMap((ids) => [...ids]);

  test.each([0, 0.7])('holds at temperature %d, guided and not', async (temperature) => {
    const banned = [...new Set(await plainTokens())].slice(0, 3);
    for (const guidance of [undefined, pullGuidance(pullReward(banned[0]!, 12), 2)]) {
      const { tokenIds } = await run({ temperature, guidance, filters: [filters.ban(banned)] });
      for (const id of tokenIds.flat().flatMap((ids) => [...ids])) expect(banned).not.toContain(id);
    }
  });

  test('takes the most probable of what is left at temperature 0', async () => {
    // All that may be drawn, but one: only that is left, whatever its probability.
    const { tokenIds } = await run({ temperature: 0, filters: [filters.ban([0, 1, 2, 3, 4, 5, 6, 8, 9])] });
    expect(tokenIds.flat().flatMap((ids) => [...ids])).toEqual(new Array(30).fill(7));
  });

  test('finds what it leaves among the most improbable tokens', async () => {
    // One token holds all but e^−60, so that it would be the only candidate.
    const sure = bigramDenoiser({
      logits: async ({ positions }) =>
        Float32Array.from({ length: positions.length * 12 }, (_, i) =>
          i % 12 === 4 ? 60 : i % 12 === 5 ? 1 : 0,
        ),
    });
    const { tokenIds } = await run({ denoiser: sure, temperature: 0, filters: [filters.ban([4])] });
    expect(tokenIds.flat().flatMap((ids) => [...ids])).toEqual(new Array(30).fill(5));
  });
});

describe('end tokens', () => {
  // An end token that every position prefers.
  const eager = () => {
    const inner = bigramDenoiser();
    return bigramDenoiser({
      async logits(request) {
        const logits = await inner.logits(request);
        request.positions.forEach((position, row) => {
          if ((position % request.length) % 2 === 0) logits[row * 12 + 2] = 30;
        });
        return logits;
      },
    });
  };
  const ends = (event: StepEvent) => event.committed.filter(({ tokenId }) => tokenId === 2).length;

  test('wait until nothing else is left', async () => {
    const { steps } = await run({ denoiser: eager(), trajectories: 1, steps: 10 });
    const working = steps.filter(({ committed }) => committed.length > 0);
    const sequence = working.map((event) => ends(event) > 0);
    expect(sequence).toEqual(sequence.toSorted());
    expect(sequence).toContain(true);
    expect(sequence[0]).toBe(false);
  });

  test('come first where they are the surest and need not wait', async () => {
    const { steps } = await run({ denoiser: eager(), trajectories: 1, steps: 10, deprioritizeEos: false });
    expect(ends(steps.find(({ committed }) => committed.length > 0)!)).toBeGreaterThan(0);
  });
});

describe('a response whose text is complete', () => {
  const texts = ({ ends }: Awaited<ReturnType<typeof run>>) =>
    ends.flatMap(({ trajectories }) => trajectories.map(({ text }) => text));
  const upToEnd = (ids: Int32Array) => ids.slice(0, ids.indexOf(2) + 1 || undefined);
  const predicted = ({ denoiser }: Awaited<ReturnType<typeof run>>) =>
    denoiser.requests.reduce((sum, { positions }) => sum + positions.length, 0);
  // An end token that is drawn more often, but not by every response.
  const ending = () => {
    const inner = bigramDenoiser();
    return bigramDenoiser({
      requests: inner.requests,
      async logits(request) {
        const logits = await inner.logits(request);
        for (let row = 0; row < request.positions.length; row++) logits[row * 12 + 2]! += 1.5;
        return logits;
      },
    });
  };

  test.each(Object.entries(orders))(
    'is done; texts and other responses stay as they are: %s',
    async (_, order) => {
      let saved = 0;
      let unended = 0;
      for (let seed = 0; seed < 24; seed++) {
        const options = { order, seed, trajectories: 4, temperature: 2, deprioritizeEos: seed % 2 === 0 };
        const guidance = () => pullGuidance(pullReward(7, 12), 2);
        const short = await run({ ...options, denoiser: ending(), guidance: guidance() });
        const long = await run({ ...options, denoiser: ending(), guidance: guidance(), stopAtEnd: false });
        expect(texts(short)).toEqual(texts(long));
        short.tokenIds[0]!.forEach((ids, k) => {
          const whole = long.tokenIds[0]![k]!;
          expect(upToEnd(ids)).toEqual(upToEnd(whole));
          expect(ids.every((id, slot) => id === whole[slot] || (id === 2 && ids.indexOf(2) < slot))).toBe(
            true,
          );
          unended += ids.includes(2) ? 0 : 1;
        });
        expect(short.steps.at(-1)!.remaining).toEqual([0, 0, 0, 0]);
        saved += predicted(long) - predicted(short);
      }
      expect(saved).toBeGreaterThan(0);
      expect(unended).toBeGreaterThan(0);
    },
  );

  test('takes part in no further step, and its filling is reported like any other token', async () => {
    const { steps } = await run({ denoiser: ending(), trajectories: 4, deprioritizeEos: false, seed: 3 });
    const response = new Int32Array(40).fill(vocabulary.maskId!);
    const done = new Set<number>();
    for (const { committed, tokenIds, remaining } of steps) {
      for (const { trajectory, position, tokenId } of committed) {
        expect(done).not.toContain(trajectory);
        response[trajectory * 10 + position] = tokenId;
      }
      expect(response).toEqual(tokenIds);
      for (let k = 0; k < 4; k++) {
        const ids = response.subarray(k * 10, k * 10 + 10);
        const end = ids.indexOf(2);
        const text = ids.subarray(0, end + 1);
        if (end < 0 || text.includes(vocabulary.maskId!)) continue;
        expect(remaining[k]).toBe(0);
        done.add(k);
      }
    }
    expect(done.size).toBeGreaterThan(1);
  });
});

describe('blocks', () => {
  const blocks = { blockLength: 5, steps: 20, stopAtEnd: false };

  test.each(Object.entries(orders))(
    'are filled one after the other, in equal shares of the steps: %s',
    async (_, order) => {
      const { steps, denoiser } = await run({ ...blocks, order });
      for (const { step, committed, remaining } of steps) {
        for (const { position } of committed) expect(Math.floor(position / 5)).toBe(step <= 10 ? 0 : 1);
        if (step === 10) expect(remaining).toEqual([5, 5, 5]);
      }
      expect(steps.at(-1)!.remaining).toEqual([0, 0, 0]);
      // Unguided, nobody asks for what cannot be committed yet.
      expect(Math.max(...denoiser.requests.map(({ batch, positions }) => positions.length / batch))).toBe(5);
    },
  );

  test('one after the other is what shorter responses are, the next one’s masks in sight', async () => {
    // The denoiser sees a mask to the right of the block either way: nothing else tells the first block from a whole response.
    const denoiser = () => {
      const inner = bigramDenoiser();
      return bigramDenoiser({
        logits: ({ tokenIds, batch, length, positions }) => {
          const wide = Int32Array.from({ length: batch * (length + 1) }, (_, i) => {
            const place = i % (length + 1);
            return place === length
              ? vocabulary.maskId!
              : tokenIds[Math.floor(i / (length + 1)) * length + place]!;
          });
          const at = positions.map((position) => position + Math.floor(position / length));
          return inner.logits({ tokenIds: wide, batch, length: length + 1, positions: at });
        },
      });
    };
    const two = await run({ ...blocks, denoiser: denoiser() });
    const one = await run({ steps: 10, maxNewTokens: 5, stopAtEnd: false, denoiser: denoiser() });
    two.tokenIds[0]!.forEach((ids, k) => {
      expect(ids.slice(0, 5)).toEqual(one.tokenIds[0]![k]);
    });
  });

  test('guidance knows of all masks; in zero steps it changes nothing', async () => {
    const rows: number[] = [];
    const inner = pullGuidance(pullReward(7, 12), 2);
    const watched = {
      maxMovement: 1,
      async open(request: Parameters<typeof inner.open>[0]) {
        const context = await inner.open(request);
        return {
          ...context,
          optimize: (step: Parameters<typeof context.optimize>[0]) => {
            rows.push(step.rows.length / step.trajectories);
            return context.optimize(step);
          },
        };
      },
    };
    const { steps } = await run({ ...blocks, guidance: watched });
    expect(rows[0]).toBe(10);
    for (const { step, committed } of steps) {
      for (const { position } of committed) expect(Math.floor(position / 5)).toBe(step <= 10 ? 0 : 1);
    }
    const zero = await run({ ...blocks, guidance: pullGuidance(pullReward(7, 12), 0) });
    expect(timeless(zero)).toEqual(timeless(await run(blocks)));
  });
});

describe('a confidence threshold', () => {
  const options = { trajectories: 1, steps: 10, temperature: 0, filters: [], deprioritizeEos: false };

  test('commits what is scheduled and whatever is sure, and nothing else', async () => {
    const { steps, denoiser } = await run({ ...options, confidenceThreshold: 0.4, stopAtEnd: false });
    const prefix = denoiser.encodePrompt('a story');
    let before: Int32Array = new Int32Array(10).fill(vocabulary.maskId!);
    let together = 0;
    for (const { committed, tokenIds, step } of steps) {
      const masked = [...before.keys()].filter((slot) => before[slot] === vocabulary.maskId);
      const [t, s] = [schedules.linear(step - 1, 10), schedules.linear(step, 10)];
      const count = step === 10 ? masked.length : Math.floor(masked.length * (1 - s / t));
      const logits = await bigramDenoiser().logits({
        tokenIds: Int32Array.from([...prefix, ...before]),
        batch: 1,
        length: prefix.length + 10,
        positions: Int32Array.from(masked, (slot) => prefix.length + slot),
      });
      const rows = masked.map((slot, row) => {
        const weights = Array.from(logits.subarray(row * 12, row * 12 + 10), Math.exp);
        const sum = weights.reduce((a, b) => a + b);
        const probs = weights.map((weight) => weight / sum);
        const highest = Math.max(...probs);
        const entropy = -probs.reduce((h, p) => h + p * Math.log(p), 0);
        return { slot, tokenId: probs.indexOf(highest), highest, entropy };
      });
      const scheduled = rows.toSorted((a, b) => a.entropy - b.entropy).slice(0, count);
      // A step that schedules nothing costs nothing, and so does not look for what is sure.
      const sure = count === 0 ? [] : rows.filter(({ highest }) => highest >= 0.4);
      const expected = rows.filter((row) => scheduled.includes(row) || sure.includes(row));
      expect(committed.map(({ position, tokenId }) => [position, tokenId])).toEqual(
        expected.map(({ slot, tokenId }) => [slot, tokenId]),
      );
      together += expected.length - scheduled.length;
      before = tokenIds;
    }
    expect(together).toBeGreaterThan(2);
    expect(denoiser.requests.length).toBeLessThan(9);
  });

  test('changes nothing where nothing is as sure', async () => {
    for (const temperature of [0, 0.9]) {
      const off = await run({ temperature });
      expect(timeless(await run({ temperature, confidenceThreshold: 1 }))).toEqual(timeless(off));
    }
  });

  test('lets end tokens wait', async () => {
    // Sure of an end token everywhere.
    const denoiser = bigramDenoiser({
      async logits({ positions }) {
        const row = Float32Array.from({ length: 12 }, (_, id) => (id === 2 ? 9 : 0));
        return Float32Array.from({ length: positions.length * 12 }, (_, i) => row[i % 12]!);
      },
    });
    const given = { ...options, denoiser, confidenceThreshold: 0.9, stopAtEnd: false, temperature: 0.7 };
    const commits = async (deprioritizeEos: boolean) =>
      (await run({ ...given, deprioritizeEos })).steps.map(({ committed }) => committed.length);
    expect(await commits(true)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(await commits(false)).toEqual([0, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

test('an abort takes effect between steps, with its reason', async () => {
  const controller = new AbortController();
  const denoiser = bigramDenoiser();
  const seen: number[] = [];
  const consume = async () => {
    for await (const event of sample({ denoiser, ...base, signal: controller.signal })) {
      if (event.type !== 'step-end') continue;
      seen.push(event.step);
      if (event.step === 3) controller.abort(new Error('enough'));
    }
  };
  await expect(consume()).rejects.toThrow('enough');
  expect(seen).toEqual([1, 2, 3]);
  await expect(run({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
});

describe('refuses at once', () => {
  const denoiser = bigramDenoiser();
  test.each<[Partial<SampleOptions>, RegExp]>([
    [{ trajectories: 0 }, /trajectories: expected a whole number of at least 1, got 0/],
    [{ steps: -1 }, /steps: .* got -1/],
    [{ steps: 1.5 }, /steps: .* got 1.5/],
    [{ maxNewTokens: 0 }, /maxNewTokens: .* got 0/],
    [{ blockLength: 0 }, /blockLength: expected a whole number of at least 1, got 0/],
    [{ blockLength: 4 }, /blockLength: expected a divisor of maxNewTokens \(10\), got 4/],
    [{ blockLength: 2 }, /steps: expected a multiple of the number of blocks \(5\), got 8/],
    [{ temperature: -0.1 }, /temperature: expected a number of at least 0, got -0.1/],
    [{ temperature: Number.NaN }, /temperature: .* got NaN/],
    [{ orderTemperature: -1 }, /orderTemperature: .* got -1/],
    [{ confidenceThreshold: 0 }, /confidenceThreshold: expected a number above 0 and at most 1, got 0/],
    [{ confidenceThreshold: 1.1 }, /confidenceThreshold: .* got 1.1/],
    [{ confidenceThreshold: Number.NaN }, /confidenceThreshold: .* got NaN/],
    [{ seed: 0.5 }, /seed: expected a whole number .* got 0.5/],
    [{ seed: 2 ** 53 }, /seed/],
    [{ prompts: ['fine', ' \n'] }, /prompts\[1\]: expected text/],
    [{ prompts: [[]] }, /prompts\[0\]: expected text/],
    [{ prompts: ['p'.repeat(50)], maxNewTokens: 20 }, /expected at most 64 tokens .* got 70 \(50 \+ 20\)/],
    [{ order: undefined as never, schedule: 'linear' as never }, /schedule: expected a schedule/],
    [{ order: 'entropy' as never }, /order: expected an order/],
    [{ denoiser: bigramDenoiser({ vocabulary: { ...vocabulary, maskId: undefined } }) }, /mask token/],
    [{ prompts: 'a story' as never }, /prompts: expected an array of prompts, got a story/],
    [{ prompts: [5] as never }, /prompts\[0\]: expected text, or messages with a role and content, got 5/],
    [{ prompts: new Array(1) }, /prompts\[0\]: expected text.* got undefined/],
    [{ prompts: [[{ role: 'user' }]] as never }, /prompts\[0\]: expected text, or messages/],
    [{ trajectories: '3' as never }, /trajectories: .* got 3/],
    [{ trajectories: 2 ** 30, maxNewTokens: 8 }, /trajectories · maxNewTokens: expected at most/],
    [{ steps: 2 ** 32 }, /steps: expected a whole number of at least 1 and at most 4294967295/],
    [{ temperature: '0.7' as never }, /temperature: .* got 0.7/],
    [{ vocabularyTolerance: '0' as never }, /vocabularyTolerance: .* got 0/],
    [{ confidenceThreshold: '0.5' as never }, /confidenceThreshold: .* got 0.5/],
    [{ filters: filters.topP(0.9) as never }, /filters: expected an array of filters, got a function/],
    [{ filters: [undefined] as never }, /filters\[0\]: expected a filter, .* got undefined/],
    [{ filters: new Array(1) }, /filters\[0\]: expected a filter/],
    [{ stopAtEnd: 'no' as never }, /stopAtEnd: expected true or false, got no/],
    [{ cacheBlocks: 1 as never }, /cacheBlocks: expected true or false, got 1/],
    [{ signal: {} as never }, /signal: expected an AbortSignal, got an object/],
    [{ guidance: {} as never }, /guidance.open: expected guidance/],
    [{ guidance: { open: async () => {} } as never }, /guidance.maxMovement: expected a number/],
    [{ denoiser: 'dream' as never }, /denoiser: expected a denoiser, .* got dream/],
    [{ denoiser: {} as never }, /denoiser.logits: expected a denoiser/],
    [{ seed: '5' as never }, /seed: expected a whole number .* got 5/],
    [{ topP: 0.9 } as never, /no option 'topP'/],
    [{ ...presets.paper } as never, /no option 'settings'/],
    [{ maxNewToken: 4 } as never, /no option 'maxNewToken'. Is 'maxNewTokens' meant/],
  ])('%j', (options, message) => {
    expect(() => sample({ denoiser, ...base, ...options })).toThrow(InvalidArgumentError);
    expect(() => sample({ denoiser, ...base, ...options })).toThrow(message);
    expect(denoiser.requests).toEqual([]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'a logit of %d, by prompt, step and position',
    async (value) => {
      const inner = bigramDenoiser();
      const broken = bigramDenoiser({
        async logits(request) {
          const logits = await inner.logits(request);
          if (inner.requests.length === 6) logits[12 * (inner.requests[5]!.positions.length - 1) + 4] = value;
          return logits;
        },
      });
      const failure = run({ denoiser: broken, schedule: schedules.linear });
      await expect(failure).rejects.toThrow(NumericalError);
      await expect(failure).rejects.toThrow(
        /prompt 0, step 6, trajectory 2, position \d+: expected finite logits/,
      );
    },
  );

  test('a row in which nothing may be drawn, by prompt, step and position', async () => {
    const inner = bigramDenoiser();
    const broken = bigramDenoiser({
      async logits(request) {
        const logits = await inner.logits(request);
        // All but the mask, which is never drawn.
        for (let id = 0; id < 12; id++)
          if (id !== vocabulary.maskId) logits[12 + id] = Number.NEGATIVE_INFINITY;
        return logits;
      },
    });
    for (const temperature of [0, 0.7]) {
      const failure = run({ denoiser: broken, temperature });
      await expect(failure).rejects.toThrow(NumericalError);
      await expect(failure).rejects.toThrow(
        /prompt 0, step \d+, trajectory 0, position 1: expected a finite logit of a token that may be drawn, got -Infinity/,
      );
    }
  });

  test.each<[string, (step: number, steps: number) => number]>([
    ['rises', (step, steps) => (step + 1) / (steps + 2)],
    ['gives NaN', () => Number.NaN],
    ['gives text', () => '0.5' as never],
    ['is above 1', (step) => 9 - step],
    ['ends too early', (step, steps) => Math.max(0, 1 - (2 * step) / steps)],
  ])('a schedule that %s', async (_, schedule) => {
    const failure = run({ schedule });
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toThrow(/^schedule, steps \d and \d of 8: expected noise levels that fall/);
  });

  test('an order whose confidence is NaN', async () => {
    const failure = run({ order: byConfidence((_, row) => (row === 2 ? Number.NaN : row)) });
    await expect(failure).rejects.toThrow(NumericalError);
    await expect(failure).rejects.toThrow(/order: expected a confidence for row 2, got NaN/);
  });

  test('an order that returns no Int32Array', async () => {
    const failure = run({ order: (() => [0]) as never });
    await expect(failure).rejects.toThrow(/expected \d+ distinct rows of 10 in an Int32Array, got 0/);
  });

  test('a filter that leaves nothing, with its place', async () => {
    for (const temperature of [0, 0.7]) {
      const failure = run({ temperature, filters: [filters.topK(1), filters.ban(Array(10).keys())] });
      await expect(failure).rejects.toThrow(NumericalError);
      await expect(failure).rejects.toThrow(
        /Prompt 0, step 1, trajectory 0, position 0: filters\[1\]: .* got none above 0/,
      );
    }
  });

  test.each<[string, (rows: number) => number[]]>([
    ['a row twice', () => [0, 0]],
    ['a row that is not there', (rows) => [rows]],
    ['too few rows', () => []],
  ])('an order that chooses %s', async (_, choose) => {
    for (const blind of [false, true] as const) {
      const order = Object.assign(({ rows }: { rows: number }) => Int32Array.from(choose(rows)), { blind });
      const failure = run({ order: order as SampleOptions['order'], steps: 1 });
      await expect(failure).rejects.toThrow(InvalidArgumentError);
      await expect(failure).rejects.toThrow(/rows chosen by the order: expected 10 distinct rows of 10/);
    }
  });

  test('guidance that promises entropies and gives none', async () => {
    const context = {
      ...disposable(async () => {}),
      givesEntropies: true,
      optimize: async ({ logits, rows }: GuidanceRequest) => ({
        logits,
        rewards: [],
        weights: new Float32Array(rows.length),
        rewardMs: 0,
      }),
    };
    const guidance = { maxMovement: 0, open: async () => context };
    await expect(run({ guidance })).rejects.toThrow(/guidance: expected entropies/);
  });

  test('a denoiser with another vocabulary than it says', async () => {
    const wrong = bigramDenoiser({ logits: async () => new Float32Array(7) });
    await expect(run({ denoiser: wrong })).rejects.toThrow(/expected 10 · 12 logits, got 7/);
  });
});
