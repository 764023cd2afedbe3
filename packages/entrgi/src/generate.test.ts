import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bestOfN,
  blackBoxReward,
  confidenceReward,
  type Denoiser,
  type DifferentiableReward,
  denoiserDirectory,
  disposable,
  type GenerateOptions,
  generate,
  InvalidArgumentError,
  loadDenoiser,
  loadReward,
  logRatioReward,
  NonDifferentiableError,
  nodeBackend,
  optimizers,
  presets,
  relaxations,
  rewardDirectory,
  rewardGuidance,
  type StreamEvent,
  sample,
  strategies,
  stream,
} from './index.js';

const prompt = 'Complete this story: Once upon a time, a little rabbit found a shiny red kite.';
const small = { trajectories: 2, steps: 4, maxNewTokens: 8 };

const backend = nodeBackend();
let denoiser: Denoiser;
let reward: DifferentiableReward;
beforeAll(async () => {
  denoiser = await loadDenoiser(denoiserDirectory, { backend });
  reward = await loadReward(rewardDirectory, { backend });
});
afterAll(() => backend.dispose());

describe('generate', () => {
  test('is sample, guided by the reward, then best-of-n: the embedded models, put together by hand', async () => {
    const result = await generate({ prompt, ...small, seed: 7 });
    const { guidance } = presets.published;
    const events = sample({
      ...presets.published.sample,
      ...small,
      seed: 7,
      denoiser,
      prompts: [prompt],
      guidance: rewardGuidance({
        ...guidance,
        optimizer: optimizers.adam(0.15),
        reward,
        relaxation: relaxations.entrgi,
      }),
    });
    for await (const event of events) {
      if (event.type === 'step-end') continue;
      const texts = event.trajectories.map(({ text }) => text);
      const scored = await bestOfN({ reward, prompt, texts });
      const tokenIds = event.trajectories.map((each) => Array.from(each.tokenIds));
      expect(result.trajectories).toEqual(
        scored.trajectories.map((each, k) => ({ ...each, tokenIds: tokenIds[k] })),
      );
      expect(result).toMatchObject({ ...scored.best, avg: scored.avg });
    }
    expect(result).toMatchObject({
      prompt,
      method: 'entrgi',
      seed: 7,
      settings: { ...small, guidanceSteps: 3, denoiser: 'denoiser', reward: 'reward' },
      timings: { steps: 4, totalMs: expect.any(Number) },
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  test.each([
    ['confidence', 'confidence of denoiser'],
    [`log-ratio:${denoiserDirectory}`, 'denoiser against denoiser'],
  ])('rates without a reward model, by name: %s', async (name, called) => {
    const options = { ...small, steps: 2, learningRate: 0.15, prompt, method: 'entrgi' } as const;
    const named = await generate({ ...options, reward: name });
    const own =
      name === 'confidence'
        ? confidenceReward(denoiser)
        : logRatioReward(denoiser, denoiser, { name: called });
    const { trajectories, reward: top } = await generate({ ...options, denoiser, reward: own });
    expect(named.trajectories).toEqual(trajectories);
    expect(named.settings.reward).toBe(called);
    expect(top).toBe(
      Math.max(
        ...(await own.score(
          prompt,
          trajectories.map(({ text }) => text),
        )),
      ),
    );
    expect(name === 'confidence' ? top < 0 : top === 0).toBe(true);
  });

  test('guided SMC is SMC of what guidance proposes, and SMC without it', async () => {
    const options = { ...small, prompt, denoiser, seed: 3, lookEvery: 2, learningRate: 0.5 };
    const guided = await generate({ ...options, reward, method: 'guided-smc' });
    const { guidance } = presets.published;
    const strategy = strategies.smc({ every: 2 });
    const run = strategy({
      ...presets.published.sample,
      ...small,
      seed: 3,
      denoiser,
      prompt,
      reward,
      guidance: rewardGuidance({ ...guidance, reward, relaxation: relaxations.entrgi }),
    });
    for await (const event of run) {
      if (event.type === 'step-end') continue;
      expect(guided.trajectories.map(({ text }) => text)).toEqual(event.trajectories.map(({ text }) => text));
    }
    expect(guided.settings.guidanceSteps).toBe(3);
    const unguided = await generate({ ...options, reward, method: 'guided-smc', guidanceSteps: 0 });
    const smc = await generate({ ...options, reward, method: 'smc' });
    expect(unguided.trajectories).toEqual(smc.trajectories);
    const rule = blackBoxReward('rule', (_, texts) => texts.map(({ length }) => length));
    await expect(generate({ ...options, reward: rule, method: 'guided-smc' })).rejects.toThrow(
      NonDifferentiableError,
    );
  });

  test('a conversation of one turn is a prompt', async () => {
    const options = { ...small, denoiser, reward, method: 'bon' } as const;
    const alone = await generate({ ...options, prompt });
    const conversation = [{ role: 'user', content: prompt }] as const;
    for (const asked of [{ messages: conversation }, { prompt: conversation }]) {
      const turn = await generate({ ...options, ...asked });
      expect(turn.trajectories).toEqual(alone.trajectories);
    }
  });

  test('base writes the first response of best-of-n, and neither is guided', async () => {
    const options = { ...small, denoiser, reward, prompt };
    const bon = await generate({ ...options, method: 'bon' });
    const base = await generate({ ...options, method: 'base' });
    const unguided = await generate({ ...options, guidanceSteps: 0 });
    expect(base.trajectories).toEqual(bon.trajectories.slice(0, 1));
    expect(unguided.trajectories).toEqual(bon.trajectories);
  });

  test('what stands in a response stays, guided and not', async () => {
    const response = ['Mia', 3, ' the kite', null, ' The end.'];
    for (const method of ['entrgi', 'bon'] as const) {
      const options = { ...small, maxNewTokens: 16, steps: 8, denoiser, reward, prompt, method, response };
      const { trajectories, settings } = await generate(options);
      expect(settings.response).toEqual(response);
      for (const { text } of trajectories) expect(text).toMatch(/^Mia.* the kite.* The end\.$/s);
    }
  });

  test('a reward without gradient steers: SMC and particle Gibbs', async () => {
    const short = blackBoxReward('short', (_, texts) => texts.map((text) => -text.length / 10));
    const options = { ...small, trajectories: 3, denoiser, reward: short, prompt, lookEvery: 1 };
    const bon = await generate({ ...options, method: 'bon' });
    for (const method of ['smc', 'particle-gibbs'] as const) {
      const steered = await generate({ ...options, method, steeringBeta: 0.2 });
      expect(steered.settings).toMatchObject({ guidanceSteps: 0, steeringBeta: 0.2, lookEvery: 1 });
      expect(steered.cost.rewardPasses).toBeGreaterThan(bon.cost.rewardPasses);
      for (const { text, reward: value } of steered.trajectories) expect(value).toBe(-text.length / 10);
    }
    const one = { ...options, trajectories: 1 };
    const base = await generate({ ...one, method: 'base' });
    expect((await generate({ ...one, method: 'smc' })).trajectories).toEqual(base.trajectories);
  });

  test('best-of-n by compute spends what the guided run costs', async () => {
    const options = { ...small, denoiser, reward, prompt, seed: 3 };
    const guided = await generate({ ...options, method: 'entrgi' });
    const bought = await generate({ ...options, method: 'bon-compute' });
    expect({ ...bought.matched, seconds: 0 }).toEqual({ ...guided.cost, seconds: 0 });
    const { trajectories } = bought;
    expect(trajectories.length).toBeGreaterThan(2);
    const many = { ...options, trajectories: trajectories.length };
    const same = await generate({ ...many, method: 'bon' });
    expect(trajectories.map(({ text }) => text)).toEqual(same.trajectories.map(({ text }) => text));
    const passes = guided.cost.denoiserPasses + guided.cost.rewardPasses;
    const given = await generate({ ...options, method: 'bon-compute', budgetPasses: passes });
    expect(given.trajectories).toEqual(trajectories);
    expect(given.matched).toBeUndefined();
  });

  test('a reward without gradient ranks, and cannot guide', async () => {
    const short = blackBoxReward('short', (_, texts) => texts.map((text) => -text.length));
    const options = { ...small, denoiser, reward: short, prompt };
    const { trajectories, text } = await generate({ ...options, method: 'bon' });
    expect(text.length).toBe(Math.min(...trajectories.map((each) => each.text.length)));
    await expect(generate(options)).rejects.toThrow(NonDifferentiableError);
  });

  test('objects that are passed in stay the caller’s, whatever happens', async () => {
    const disposed: string[] = [];
    const watched = {
      denoiser: { ...denoiser, ...disposable(async () => void disposed.push('denoiser')) },
      reward: { ...reward, ...disposable(async () => void disposed.push('reward')) },
    };
    await generate({ ...small, ...watched, prompt, method: 'bon' });
    await expect(generate({ ...small, ...watched, prompt: 'word '.repeat(999) })).rejects.toThrow();
    // One of them alone: the other is loaded, and freed.
    await generate({ ...small, denoiser: watched.denoiser, prompt, method: 'bon' });
    expect(disposed).toEqual([]);
    expect((await reward.score(prompt, ['A kite.'])).length).toBe(1);
  });

  test.each<[string, object, string]>([
    ['a misspelt option', { promt: 'x' }, "stream: there is no option 'promt'. Is 'prompt' meant?"],
    [
      'an unknown method',
      { method: 'magic' },
      "method: expected one of base, bon, bon-compute, aps, entrgi, expectation, smc, guided-smc, particle-gibbs, got 'magic'.",
    ],
    [
      'an unknown preset',
      { preset: 'best' },
      'preset: expected one of llada, paper, published, reference, talk',
    ],
    [
      'a preset that is none',
      { preset: {} },
      'preset: expected a preset, such as presets.paper, or its name',
    ],
    [
      'a potential that there is not',
      { method: 'smc', potential: 'min' },
      'potential: expected one of difference, max, sum',
    ],
    [
      'two budgets',
      { method: 'bon-compute', budgetPasses: 9, budgetSeconds: 1 },
      'budgetPasses: expected it or budgetSeconds, got both',
    ],
    ['an unknown remasking', { remasking: 'lots' }, 'remasking: expected one of cap, conf, rescale'],
    ['guidance in no step', { guidanceEvery: 0 }, 'guidanceEvery: expected a whole number of at least 1'],
    ['no steps', { steps: 0 }, 'steps: expected a whole number of at least 1'],
    [
      'negative guidance steps',
      { guidanceSteps: -1 },
      'guidanceSteps: expected a whole number of at least 0',
    ],
    ['a learning rate of 0', { learningRate: 0 }, 'learningRate: expected a number above 0'],
    ['a dtype of one model', { dtype: { reward: 'int4' } }, 'dtype.reward: expected one of auto, fp32'],
    [
      'a dtype of another model',
      { dtype: { judge: 'q4' } },
      "dtype: expected one of denoiser, reward, got 'judge'",
    ],
    [
      'a denoiser that is none',
      { denoiser: {} },
      'denoiser: expected a directory, an id on the hub, or a denoiser',
    ],
    ['both prompts', { messages: [] }, 'prompt: expected it or messages, got both.'],
    ['no prompt', { prompt: undefined }, 'prompt: expected it or messages, got neither.'],
  ])('refuses %s before anything is loaded', async (_, change, message) => {
    const options = { prompt, denoiser: '/nowhere', ...change } as GenerateOptions;
    const failure = generate(options);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toThrow(InvalidArgumentError);
    await expect(failure).rejects.toMatchObject({ argument: expect.stringMatching(/^[a-zA-Z.]+$/) });
  });

  test('what cannot be loaded says so', async () => {
    await expect(generate({ prompt, denoiser: '/nowhere' })).rejects.toThrow('/nowhere');
    await expect(generate({ prompt, reward: denoiserDirectory })).rejects.toThrow(
      /expected a sequence classifier/,
    );
  });
});

describe('stream', () => {
  test('reports every step with the texts so far, and ends with the result', async () => {
    const events: StreamEvent[] = [];
    for await (const event of stream({ prompt, ...small, denoiser, reward })) events.push(event);
    expect(events.map(({ type }) => type)).toEqual([...Array(4).fill('step-end'), 'prompt-end']);
    const [steps, end] = [events.slice(0, -1), events.at(-1)!];
    if (end.type !== 'prompt-end') throw new Error('expected the end');
    const last = steps.at(-1)!;
    if (last.type !== 'step-end') throw new Error('expected a step');
    expect(last.texts).toEqual(end.result.trajectories.map(({ text }) => text));
    const again = await generate({ prompt, ...small, denoiser, reward });
    const { timings, cost } = end.result;
    expect({ ...again, timings, cost: { ...again.cost, seconds: cost.seconds } }).toEqual(end.result);
  });

  test('refuses wrong options at once', () => {
    expect(() => stream({ prompt, stepz: 3 } as never)).toThrow(
      "stream: there is no option 'stepz'. Is 'steps' meant?",
    );
  });

  test('leaving the loop ends it', async () => {
    let steps = 0;
    for await (const { type } of stream({ prompt, ...small })) {
      if (type === 'step-end') steps++;
      break;
    }
    expect(steps).toBe(1);
  });
});

describe('an abort', () => {
  test('between steps ends with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let steps = 0;
    const run = async () => {
      for await (const _ of stream({ prompt, ...small, signal: controller.signal })) {
        steps++;
        controller.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(steps).toBe(1);
  });

  test('while loading, and before', async () => {
    const controller = new AbortController();
    const running = generate({ prompt, ...small, signal: controller.signal });
    controller.abort(new Error('never mind'));
    await expect(running).rejects.toThrow('never mind');
    await expect(generate({ prompt, ...small, signal: controller.signal })).rejects.toThrow('never mind');
  });
});
