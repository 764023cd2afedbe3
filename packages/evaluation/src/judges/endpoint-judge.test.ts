import { getEventListeners } from 'node:events';
import { readdir } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { chatServer } from '../testing/chat-server.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { endpointJudge } from './endpoint-judge.js';
import { unitTests } from './unit-tests.js';

/** Half 4, a quarter 5, an eighth 1, and an eighth nothing of the kind. */
const mixed = {
  ' 4': Math.log(0.25),
  '4': Math.log(0.25),
  '5': Math.log(0.25),
  '1': Math.log(0.125),
  Sure: Math.log(0.125),
};
/** (0.5·4 + 0.25·5 + 0.125·1) / 0.875. */
const expected = 3.375 / 0.875;

test('a score is the mean over the questions of the expected digit', async () => {
  const server = await chatServer((question) => (question.includes(unitTests[0]!) ? { '2': 0 } : mixed));
  const judge = endpointJudge({ url: server.url, model: 'm', apiKey: 'secret' });
  const [score, ...others] = await judge.score('a prompt', ['a response']);
  expect(others).toEqual([]);
  expect(score).toBeCloseTo((2 + 4 * expected) / 5, 12);
  expect(server.questions).toHaveLength(5);
  for (const question of server.questions) {
    expect(question).toContain('<prompt>\na prompt\n</prompt>');
    expect(question).toContain('<response>\na response\n</response>');
  }
  expect(new Set(server.authorizations)).toEqual(new Set(['Bearer secret']));
  expect(judge.cost).toEqual({ requests: 5, cached: 0, promptTokens: 50, completionTokens: 5 });
});

test('a comparison is made in both orders', async () => {
  // Likes what is called good with probability 0.9, and what stands first a little.
  const biased = (question: string) => {
    const goodIsA = question.indexOf('good') < question.indexOf('bad');
    const a = goodIsA ? 0.9 : 0.3;
    return { A: Math.log(a), B: Math.log(1 - a) };
  };
  const server = await chatServer(biased);
  const judge = endpointJudge({ url: server.url, model: 'm' });
  const good = await judge.compare('p', 'good', 'bad');
  expect(good).toEqual({ probability: expect.closeTo((0.9 + 0.7) / 2, 12), isConsistent: true });
  expect((await judge.compare('p', 'bad', 'good')).probability).toBeCloseTo((0.3 + 0.1) / 2, 12);
  // One that only looks at what stands first prefers neither.
  const first = await chatServer(() => ({ A: Math.log(0.8), B: Math.log(0.2) }));
  const neither = await endpointJudge({ url: first.url, model: 'm' }).compare('p', 'x', 'y');
  expect(neither).toEqual({ probability: expect.closeTo(0.5, 12), isConsistent: false });
});

test('a signal that outlives many requests, tried again and again, is left as it was', async () => {
  const warnings: string[] = [];
  const warned = ({ message }: Error) => warnings.push(message);
  process.on('warning', warned);
  onTestFinished(() => void process.off('warning', warned));
  const { signal } = new AbortController();
  // Every question is answered the third time.
  const server = await chatServer((_, number) =>
    number % 3 === 0 ? mixed : { status: 503, headers: { 'retry-after-ms': '1' } },
  );
  const options = { url: server.url, model: 'm', concurrency: 1 };
  await endpointJudge(options).score('p', ['a', 'b'], { signal });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(warnings).toEqual([]);
});

test('an answer is kept, and not paid for twice', async () => {
  const cacheDir = await temporaryFolder();
  const server = await chatServer(() => mixed);
  const options = { url: server.url, model: 'm', questions: ['Good?'], cacheDir };
  const first = endpointJudge(options);
  const scores = await first.score('p', ['a', 'b']);
  const second = endpointJudge(options);
  expect(await second.score('p', ['a', 'b', 'c'])).toEqual([...scores, scores[0]]);
  expect([first.cost, second.cost]).toMatchObject([
    { requests: 2, cached: 0 },
    { requests: 1, cached: 2, promptTokens: 10 },
  ]);
  expect(server.questions).toHaveLength(3);
  expect(await readdir(cacheDir)).toHaveLength(3);
  await endpointJudge({ ...options, model: 'other' }).score('p', ['a']);
  expect(server.questions).toHaveLength(4);
});

test('a limit is waited for as long as it asks, and a failure is tried again', async () => {
  const server = await chatServer((_question, number) => {
    if (number === 1) return { status: 429, headers: { 'retry-after': '1' } };
    return number === 2 ? { status: 503, headers: { 'retry-after-ms': '10' } } : mixed;
  });
  const judge = endpointJudge({ url: server.url, model: 'm', questions: ['Good?'] });
  expect(await judge.score('p', ['a'])).toEqual([expect.closeTo(expected, 12)]);
  expect(server.times[1]! - server.times[0]!).toBeGreaterThan(950);
  expect(judge.cost.requests).toBe(1);
});

test('not more at once and not more often than it is told', async () => {
  const server = await chatServer(() => mixed, 20);
  const texts = Array.from({ length: 12 }, (_, i) => `${i}`);
  await endpointJudge({ url: server.url, model: 'm', questions: ['Good?'], concurrency: 3 }).score(
    'p',
    texts,
  );
  expect(server.most).toBe(3);
  const slow = await chatServer(() => mixed);
  const limited = { url: slow.url, model: 'm', questions: ['Good?'], requestsPerMinute: 600 };
  await endpointJudge(limited).score('p', texts.slice(0, 5));
  expect(slow.times[4]! - slow.times[0]!).toBeGreaterThan(4 * 100 - 60);
});

test('what a server cannot do is said in a typed error', async () => {
  const fails = async (answer: Parameters<typeof chatServer>[0], code: string, what: string) => {
    const { url } = await chatServer(answer);
    const judge = endpointJudge({ url, model: 'm', questions: ['Good?'], retries: 1 });
    await expect(judge.score('p', ['a'])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(what),
    });
  };
  await fails(() => ({ status: 401 }), 'no-access', 'Set OPENAI_API_KEY.');
  await fails(() => ({ status: 404 }), 'not-found', "there is no 'm'");
  await fails(() => ({ status: 500, headers: { 'retry-after-ms': '1' } }), 'network', 'does not answer');
  await fails(() => ({}), 'unsupported', 'expected log-probabilities');
  await fails(
    () => ({ Sure: 0 }),
    'unsupported',
    'expected one of 1, 2, 3, 4, 5 among its first tokens, got "Sure"',
  );
  const nobody = endpointJudge({ url: 'http://127.0.0.1:9/v1', model: 'm', retries: 0 });
  await expect(nobody.score('p', ['a'])).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining('http://127.0.0.1:9/v1 cannot be reached'),
  });
});
