import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { describe, expect, test } from 'vitest';
import { entrgi } from '../testing/capture.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import type { Result } from './result.js';

const prompt = 'Complete this story: Once upon a time, a little rabbit found a shiny red kite.';
const small = ['--trajectories', '2', '--steps', '4', '--max-new-tokens', '8'];

/** Runs `generate --json` on the embedded models and parses what it prints. */
const generated = async (...argv: string[]): Promise<Result[]> => {
  const { status, stdout, stderr } = await entrgi(['generate', ...argv, '--json']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line));
};

let shared: Promise<Result> | undefined;

/** The result for the prompt with the small settings, made once. */
const smallResult = (): Promise<Result> => {
  shared ??= generated(prompt, ...small).then(([result]) => result!);
  return shared;
};

/** What must be equal between runs: everything but the clock. */
const withoutTimings = ({ timings: _, cost, ...rest }: Result) => ({
  ...rest,
  passes: [cost.denoiserPasses, cost.rewardPasses],
});

const promptsFile = async (prompts: readonly string[]): Promise<string> => {
  const file = join(await temporaryFolder(), 'prompts.jsonl');
  await writeFile(file, prompts.map((text) => `${JSON.stringify({ prompt: text })}\n`).join(''));
  return file;
};

describe('--json', () => {
  test('prints one object with the fields of the contract', async () => {
    const [result, ...others] = await generated(prompt, ...small, '--seed', '7');
    expect(others).toEqual([]);
    const text = expect.any(String);
    const number = expect.any(Number);
    expect(result).toEqual({
      prompt,
      method: 'entrgi',
      seed: 7,
      settings: {
        trajectories: 2,
        steps: 4,
        guidanceSteps: 3,
        learningRate: 0.15,
        update: 'adam',
        entropyOf: 'untempered',
        temperature: 0.7,
        topP: 0.95,
        order: 'entropy',
        deprioritizeEos: true,
        filterHard: true,
        maxNewTokens: 8,
        vocabularyTolerance: 1e-6,
        endTokens: 'turn',
        denoiser: 'denoiser',
        reward: 'reward',
      },
      trajectories: [0, 1].map(() => ({ text, tokenIds: expect.any(Array), reward: number })),
      best: { text, reward: number },
      top1: number,
      avg: number,
      timings: { totalMs: number, denoiserMs: number, guidanceMs: number, rewardMs: number, steps: 4 },
      // A gradient is two passes, and a final score one; equal responses go through the denoiser once.
      cost: { seconds: number, denoiserPasses: number, rewardPasses: 2 * (4 * 3 * 2 + 1) },
    });
    const { trajectories, best, top1, avg } = result!;
    const rewards = trajectories.map(({ reward }) => reward);
    for (const { tokenIds } of trajectories) {
      expect(tokenIds).toHaveLength(8);
      for (const id of tokenIds) expect(id).toBeLessThan(2044);
    }
    expect(top1).toBe(Math.max(...rewards));
    expect(avg).toBeCloseTo((rewards[0]! + rewards[1]!) / 2, 12);
    expect(trajectories).toContainEqual(expect.objectContaining(best));
  });

  test('the same seed gives the same, another seed something else', async () => {
    const first = await smallResult();
    const [again] = await generated(prompt, ...small);
    const [other] = await generated(prompt, ...small, '--seed', '2');
    expect(withoutTimings(again!)).toEqual(withoutTimings(first));
    expect(other!.trajectories).not.toEqual(first.trajectories);
  });

  test('a prompt has the same result alone and among others', async () => {
    const file = await promptsFile(['Complete this story: The cat', prompt]);
    const together = await generated('--prompts', file, ...small);
    expect(together.map((result) => result.prompt)).toEqual(['Complete this story: The cat', prompt]);
    expect(withoutTimings(together[1]!)).toEqual(withoutTimings(await smallResult()));
  });
});

describe('standard input', () => {
  test.each<[string, string[], string]>([
    ['has the prompt where none is given', [], `${prompt}\n`],
    ['has the prompt where - stands for it', ['-'], prompt],
    ['has the prompts of --prompts -', ['--prompts', '-'], `${JSON.stringify({ prompt })}\n`],
  ])('%s', async (_, argv, stdin) => {
    const { status, stdout, stderr } = await entrgi(['generate', ...argv, ...small, '--json'], { stdin });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(withoutTimings(JSON.parse(stdout))).toEqual(withoutTimings(await smallResult()));
  });

  test('is not read where the prompt is given', async () => {
    const { stdout } = await entrgi(['generate', prompt, ...small, '--json'], { stdin: 'Another' });
    expect(JSON.parse(stdout).prompt).toBe(prompt);
  });

  test.each<[string[], string | Uint8Array, number, string]>([
    [[], ' \n', 2, 'standard input: expected some text, got an empty prompt.'],
    [['-'], Uint8Array.of(0xff), 1, 'standard input: expected UTF-8, got other bytes.'],
    [['--prompts', '-'], '{"prompt": 1}', 1, 'standard input, line 1: expected a text'],
    [['--prompts', '-'], '', 1, 'standard input: expected at least one prompt, got none.'],
  ])('%j refuses %j', async (argv, stdin, expected, message) => {
    const { status, stdout, stderr } = await entrgi(['generate', ...argv], { stdin });
    expect(stderr).toContain(`entrgi: ${message}`);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });
});

describe('methods', () => {
  test('no guidance steps are unguided sampling, and base is its first response', async () => {
    const [zero] = await generated(prompt, ...small, '--guidance-steps', '0');
    const [bon] = await generated(prompt, ...small, '--method', 'bon');
    const [base] = await generated(prompt, ...small, '--method', 'base');
    expect(zero!.trajectories).toEqual(bon!.trajectories);
    expect(base!.trajectories).toEqual(bon!.trajectories.slice(0, 1));
    for (const { settings, timings } of [zero!, bon!, base!]) {
      expect(settings.guidanceSteps).toBe(0);
      expect(timings.guidanceMs).toBeLessThan(timings.denoiserMs);
    }
  });

  test('a preset sets what no option overrides', async () => {
    const [result] = await generated(
      prompt,
      ...small,
      '--preset',
      'talk',
      '--order',
      'origin',
      '--method',
      'bon',
    );
    expect(result!.settings).toMatchObject({
      preset: 'talk',
      update: 'ascent',
      learningRate: 0.5,
      softTemperature: 1,
      filterHard: false,
      deprioritizeEos: false,
      order: 'origin',
      steps: 4,
      trajectories: 2,
    });
  });

  test('β is ascent with learning rate 1/β', async () => {
    const argv = [prompt, ...small, '--method', 'expectation'];
    const [beta] = await generated(...argv, '--beta', '0.25', '--update', 'ascent');
    const [ascent] = await generated(...argv, '--update', 'ascent', '--learning-rate', '4');
    expect(withoutTimings(beta!)).toEqual(withoutTimings(ascent!));
  });
});

test('blocks and approximations are settings like any other', async () => {
  const options = ['--block-length', '4', '--confidence-threshold', '0.5', '--cache-blocks'];
  const [result] = await generated(prompt, ...small, '--method', 'bon', ...options);
  expect(result!.settings).toMatchObject({ blockLength: 4, confidenceThreshold: 0.5, cacheBlocks: true });
  const [exact] = await generated(prompt, ...small, '--method', 'bon');
  expect(exact!.settings).not.toHaveProperty('cacheBlocks');
  expect(result!.trajectories).not.toEqual(exact!.trajectories);
});

test('editing of written tokens is a setting, too, and refused where none could be edited', async () => {
  const argv = [prompt, ...small, '--method', 'base', '--block-length', '4'];
  const [edited] = await generated(...argv, '--edit-threshold', '0');
  expect(edited!.settings).toMatchObject({ editThreshold: 0 });
  const { stderr, status } = await entrgi(['generate', ...argv, '--edit-threshold', '0.9', '--steps', '2']);
  expect(status).toBe(2);
  expect(stderr).toContain('for editThreshold to have an effect');
});

test('which tokens end a response is a setting of the denoiser', async () => {
  const folder = await temporaryFolder();
  await cp(denoiserDirectory, folder, { recursive: true });
  const file = join(folder, 'tokenizer_config.json');
  const settings = JSON.parse(await readFile(file, 'utf8'));
  // By the text of the template alone a turn still ends as it did.
  await writeFile(file, JSON.stringify({ ...settings, eos_token: settings.pad_token }));
  const argv = [prompt, ...small, '--method', 'base', '--denoiser', folder];
  const [turn] = await generated(...argv);
  const [eos] = await generated(...argv, '--end-tokens', 'eos');
  expect([turn!.settings.endTokens, eos!.settings.endTokens]).toEqual(['turn', 'eos']);
});

test('what is piped is plain: texts, rewards, a summary', async () => {
  const argv = [prompt, ...small, '--method', 'bon', '--temperature', '0', '--top-k', '5'];
  const { stdout, stderr, status } = await entrgi(['generate', ...argv]);
  const [result] = await generated(...argv);
  expect(status).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).not.toContain('\u001b');
  expect(stdout.startsWith(`${prompt}\n`)).toBe(true);
  for (const { text, reward } of result!.trajectories) {
    expect(stdout).toContain(`reward ${reward.toFixed(4)}`);
    for (const line of text.trim().split('\n')) expect(stdout).toContain(line);
  }
  expect(stdout).toMatch(/bon · top@1 \S+ · avg@2 \S+ · 4 steps in/);
});

test('weights as they are stored give the same text, in both models or in one', async () => {
  const argv = [prompt, ...small, '--temperature', '0', '--method', 'base'];
  const [plain] = await generated(...argv);
  const [kept] = await generated(...argv, '--denoiser-dtype', 'auto', '--reward-dtype', 'auto');
  expect(kept!.trajectories.map(({ text }) => text)).toEqual(plain!.trajectories.map(({ text }) => text));
  expect(kept!.best.reward).toBeCloseTo(plain!.best.reward, 4);
  for (const mixed of [
    ['--denoiser-dtype', 'auto'],
    ['--reward-dtype', 'bf16'],
  ]) {
    const [one] = await generated(...argv, ...mixed);
    expect(one!.trajectories.map(({ text }) => text)).toEqual(plain!.trajectories.map(({ text }) => text));
    expect(one!.best.reward).toBeCloseTo(plain!.best.reward, 4);
  }
});

describe('--trace', () => {
  test('writes one step event a line', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'trace.jsonl');
    const file = await promptsFile([prompt, 'Complete this story: The cat']);
    const results = await generated('--prompts', file, ...small, '--trace', path);
    const events = (await readFile(path, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line)); // biome-ignore format: one chain
    expect(await readdir(folder)).toEqual(['trace.jsonl']);
    expect(events.map(({ prompt: index, step }) => [index, step])).toEqual([0, 1].flatMap((index) => [1, 2, 3, 4].map((step) => [index, step]))); // biome-ignore format: one table
    for (const [index, { trajectories }] of results.entries()) {
      const own = events.filter((event) => event.prompt === index);
      expect(own.at(-1).tokenIds).toEqual(trajectories.flatMap(({ tokenIds }) => tokenIds));
      expect(own.at(-1).remaining).toEqual([0, 0]);
      const committed = own.flatMap((event) => event.committed);
      expect(committed).toHaveLength(16);
      for (const { trajectory, position, tokenId, text } of committed) {
        expect(trajectories[trajectory]!.tokenIds[position]).toBe(tokenId);
        expect(typeof text).toBe('string');
      }
    }
  });

  test('ends with the steps so far when interrupted', async () => {
    const folder = await temporaryFolder();
    const controller = new AbortController();
    const path = join(folder, 'trace.jsonl');
    const running = entrgi(['generate', prompt, '--trace', path, '--json'], { signal: controller.signal });
    await expect
      .poll(async () => (await partialTrace(folder)).length, { timeout: 25_000 })
      .toBeGreaterThan(1);
    controller.abort();
    expect(await running).toEqual({ status: 130, stdout: '', stderr: 'entrgi: Interrupted.\n' });
    const events = (await readFile(path, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line)); // biome-ignore format: one chain
    expect(events.map(({ step }) => step)).toEqual(events.map((_, i) => i + 1));
    expect(events.length).toBeLessThan(64);
    expect(await readdir(folder)).toEqual(['trace.jsonl']);
  });
});

const partialTrace = async (folder: string): Promise<string[]> => {
  const [file] = await readdir(folder);
  return file === undefined ? [] : (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n');
};

describe.each<[string, number, readonly [string, string[], string | RegExp][]]>([
  [
    'a value that an option cannot have',
    2,
    [
      [
        'an unknown method',
        [prompt, '--method', 'magic'],
        /--method: expected one of base, bon, .*entrgi.*, got 'magic'/,
      ],
      ['a method of another object', [prompt, '--method', 'toString'], "got 'toString'"],
      [
        'an unknown order',
        [prompt, '--order', 'shuffled'],
        /--order: expected one of .*maskgitPlus.*, got 'shuffled'/,
      ],
      [
        'an unknown preset',
        [prompt, '--preset', 'best'],
        /--preset: expected one of .*reference.*, got 'best'/,
      ],
      [
        'an unknown dtype',
        [prompt, '--reward-dtype', 'int4'],
        "--reward-dtype: expected one of auto, fp32, fp16, bf16, q8, q4, got 'int4'.",
      ],
      [
        'a template variable that is taken',
        [prompt, '--template-variable', 'messages=[]'],
        "--template-variable: messages is the conversation's own.",
      ],
      [
        'an unknown convention of ends',
        [prompt, '--end-tokens', 'all'],
        "--end-tokens: expected one of turn, eos, got 'all'.",
      ],
      ['an unknown update', [prompt, '--update', 'sgd'], /--update: expected one of adam, ascent, got 'sgd'/],
      [
        'no trajectories',
        [prompt, '--trajectories', '0'],
        '--trajectories: expected a whole number of at least 1, got 0.',
      ],
      [
        'negative steps',
        [prompt, '--steps', '-1'],
        '--steps: expected a whole number of at least 1 and at most 4294967295, got -1.',
      ],
      ['a seed beyond 2^53', [prompt, '--seed', '9007199254740993'], '--seed: expected'],
      ['an empty prompt', [''], 'PROMPT: expected some text, got an empty prompt.'],
    ],
  ],
  [
    'bad input',
    1,
    [
      [
        'a dtype that is not what is stored',
        [prompt, '--denoiser-dtype', 'fp16'],
        /expected weights stored in float16, got \w+/,
      ],
      [
        'a prompt that leaves no room',
        ['word '.repeat(240)],
        /PROMPT: expected at most 256 tokens with the response, got \d+ \+ 64/,
      ],
      [
        'a prompt beyond the window',
        ['word '.repeat(999)],
        /PROMPT: .*Expected a prompt of fewer than 256 tokens/,
      ],
      ['a missing checkpoint', [prompt, '--denoiser', '/nowhere'], '/nowhere'],
      ['a denoiser that is none', [prompt, '--denoiser', rewardDirectory], /expected a denoiser, got/],
      [
        'a missing prompts file',
        ['--prompts', '/nowhere.jsonl'],
        '/nowhere.jsonl: no such file or directory.',
      ],
      ['a trace that cannot be written', [prompt, '--trace', '/nowhere/trace.jsonl'], '/nowhere/trace.jsonl'],
    ],
  ],
])('%s exits %i with one line, and writes nothing', (_, expected, cases) => {
  test.each(cases)('%s', async (_, argv, message) => {
    const folder = await temporaryFolder();
    const trace = argv.includes('--trace') ? [] : ['--trace', join(folder, 'trace.jsonl')];
    const { status, stdout, stderr } = await entrgi(['generate', ...argv, ...trace]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^entrgi: .*\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(expected);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('bad input', () => {
  test('all prompts are checked before the first is answered', async () => {
    const file = await promptsFile([prompt, 'word '.repeat(240)]);
    const { status, stdout, stderr } = await entrgi(['generate', '--prompts', file, ...small]);
    expect(stderr).toMatch(/line 2: expected at most 256 tokens with the response/);
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  test('ENTRGI_DEBUG=1 adds the stack', async () => {
    const { stderr } = await entrgi(['generate', ''], { env: { ENTRGI_DEBUG: '1' } });
    expect(stderr).toMatch(/^entrgi: PROMPT: .*\nInvalidArgumentError: .*\n\s+at /);
  });
});
