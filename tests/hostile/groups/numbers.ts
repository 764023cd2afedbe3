import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { filters, optimizers, relaxations, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { compositeReward, loadReward } from '@entrgi/rewards';
import { bestOfN } from '@entrgi/samplers';
import { copyAltered } from '../../../packages/models/fixtures/copy-altered.js';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup } from '../hostile-case.js';
import { runCommand } from '../run-program.js';
import { backend, denoiserOf, generate, rewardOf, useDenoiser, useReward } from '../use-models.js';

/** No option takes any of these. */
const never = [
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1,
  -0.5,
  -1e308,
  '1',
  '',
  'NaN',
  null,
  true,
  [],
  [1],
  {},
  1n,
  Symbol('x'),
  () => 1,
  new Date(0),
  new Number(1),
] as const;
/** Options may take some of these. */
const odd = [
  0,
  -0,
  0.5,
  1e-320,
  1e308,
  Number.POSITIVE_INFINITY,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e-7,
  3,
  1.0000001,
  Number.MAX_SAFE_INTEGER,
] as const;

const shown = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value);

const option = (
  random: Random,
  of: string,
  names: readonly string[],
  run: (options: object) => Promise<unknown>,
): HostileCase => {
  const [name, isNever] = [random.pick(names), random.below(3) > 0];
  const value = isNever ? random.pick(never) : random.pick(odd);
  return {
    name: `${of} ${name} ${typeof value} ${shown(value)}`,
    expected: isNever ? 'refused' : 'either',
    run: () => run({ [name]: value }),
  };
};

const counts = ['trajectories', 'steps', 'maxNewTokens', 'blockLength'] as const;

/** Generating so much is no fault: it may take as long as it takes, unless it is told to stop. */
const briefly = async (run: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
  const stopped = new AbortController();
  const timer = setTimeout(() => stopped.abort(), 500);
  await run(stopped.signal)
    .catch((error) => {
      if (!stopped.signal.aborted || error?.name !== 'AbortError') throw error;
    })
    .finally(() => clearTimeout(timer));
};

const numbersInJson = [
  '-0',
  '1e400',
  '-1e400',
  '1e308',
  '1e-400',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e9',
  '2147483648',
  '9007199254740993',
  '-1',
  '0',
  '0.5',
  '"1"',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '[1]',
  '1e-320',
  '4294967296',
  '3',
];

/** config.json, one of whose fields is another number. */
const config = (random: Random, base: string, fields: readonly string[]): HostileCase => {
  const [field, number] = [random.pick(fields), random.pick(numbersInJson)];
  return {
    name: `${base} ${field} ${number}`,
    expected: 'either',
    async prepare(folder) {
      await copyAltered(base, join(folder, 'model'), {
        'config.json': (json) => ({ ...json, [field]: 'in its place' }),
      });
      const path = join(folder, 'model', 'config.json');
      // Written as text: JavaScript knows no 1e400.
      await writeFile(path, (await readFile(path, 'utf8')).replace('"in its place"', number));
    },
    run: (folder) => (base.includes('reward') ? useReward : useDenoiser)(join(folder, 'model')),
  };
};

const decoderFields = [
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'max_position_embeddings',
  'rms_norm_eps',
  'rope_theta',
  'vocab_size',
  'mask_token_id',
  'eos_token_id',
  'pad_token_id',
  'rope_scaling',
  'sliding_window',
  'num_labels',
  'partial_rotary_factor',
  'max_window_layers',
];
const encoderFields = [
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'max_position_embeddings',
  'type_vocab_size',
  'layer_norm_eps',
  'vocab_size',
  'pad_token_id',
  'num_labels',
  'id2label',
  'label2id',
  'classifier_dropout',
];

const flags = [
  '--steps',
  '--trajectories',
  '--guidance-steps',
  '--learning-rate',
  '--temperature',
  '--top-p',
  '--top-k',
  '--max-new-tokens',
  '--vocabulary-tolerance',
  '--seed',
  '--beta',
  '--block-length',
  '--confidence-threshold',
  '--edit-threshold',
  '--minimum-coverage',
];
const notNumbers = [
  '',
  ' ',
  'NaN',
  'Infinity',
  '-1',
  '1e',
  '0x',
  '1,5',
  '１',
  '1 2',
  '--',
  'one',
  '-Infinity',
  '١',
  '1_0',
  '1n',
  'null',
  '\u0000',
  '9'.repeat(400),
  '-9007199254740993',
  'true',
  '1e999',
];

const tensorless = { type: 'float32' as const, dims: [1], data: Float32Array.of(0) };

/** Numbers that are none, too large, or of another kind. */
export const numbers: HostileGroup = {
  'sample: counts': (random) =>
    option(random, 'sample', counts, (options) =>
      briefly(async (signal) => generate(await denoiserOf('dream'), 'Hi', { ...options, signal })),
    ),
  'sample: others': (random) =>
    option(
      random,
      'sample',
      ['temperature', 'orderTemperature', 'vocabularyTolerance', 'confidenceThreshold', 'editThreshold'],
      (options) =>
        briefly(async (signal) => generate(await denoiserOf('bert-fill'), 'Hi', { ...options, signal })),
    ),
  'sample: wrong kinds'(random) {
    const name = random.pick([
      'order',
      'schedule',
      'filters',
      'guidance',
      'signal',
      'deprioritizeEos',
      'stopAtEnd',
      'skipRedundant',
      'cacheBlocks',
      'prompts',
      'denoiser',
      'seed',
    ]);
    const value = random.pick([null, 1.5, 'entropy', '', Symbol('x'), 10n, 1e300]);
    return {
      name: `sample ${name} ${shown(value)}`,
      expected: 'refused',
      run: async () => generate(await denoiserOf('dream'), 'Hi', { [name]: value }),
    };
  },
  'sample: misspelt'(random) {
    const name = random.pick([
      'step',
      'Temperature',
      'max_new_tokens',
      'topP',
      'constructor',
      'toString',
      '',
      '\u0000',
      'a'.repeat(1e5),
      'trajectory',
      'hasOwnProperty',
      'threads',
    ]);
    return {
      name: `sample ${name.slice(0, 20)}`,
      expected: 'refused',
      run: async () => generate(await denoiserOf('dream'), 'Hi', { [name]: random.pick([1, null, 'a']) }),
    };
  },
  adam: (random) =>
    option(random, 'adam', ['rate', 'betas', 'epsilon'], async (options) => {
      const { rate = 0.5, ...others } = options as { rate?: never };
      optimizers.adam(rate, others);
    }),
  ascent: (random) =>
    option(random, 'ascent', ['rate'], async ({ rate }: { rate?: never }) => optimizers.ascent(rate!)),
  'top-p': (random) =>
    option(random, 'topP', ['p'], async ({ p }: { p?: never }) =>
      generate(await denoiserOf('dream'), 'Hi', { filters: [filters.topP(p!)] }),
    ),
  'top-k': (random) =>
    option(random, 'topK', ['k'], async ({ k }: { k?: never }) =>
      generate(await denoiserOf('dream'), 'Hi', { filters: [filters.topK(k!)] }),
    ),
  ban(random) {
    const ids = random.pick([
      null,
      'a',
      1,
      [-1],
      [0.5],
      [1e9],
      [Number.NaN],
      ['1'],
      [null],
      {},
      Array.from({ length: 296 }, (_, i) => i),
      [2 ** 53],
    ]);
    return {
      name: `ban ${JSON.stringify(ids)?.slice(0, 30)}`,
      expected: 'either',
      run: async () => generate(await denoiserOf('dream'), 'Hi', { filters: [filters.ban(ids as never)] }),
    };
  },
  guidance: (random) =>
    option(random, 'guidance', ['guidanceSteps', 'softTemperature', 'memoryLimit'], (options) =>
      briefly(async (signal) => {
        const guidance = rewardGuidance({
          reward: await rewardOf('qwen3-reward'),
          relaxation: relaxations.entrgi,
          optimizer: optimizers.adam(0.5),
          ...options,
        } as never);
        await generate(await denoiserOf('dream'), 'Hi', { guidance, signal });
      }),
    ),
  'guided, large steps'(random) {
    const rate = random.pick([1e-320, 1e30, 1e38, 1e300, 1e308]);
    const [update, relaxation] = [
      random.pick(['adam', 'ascent'] as const),
      random.pick(['entrgi', 'aps', 'expectation'] as const),
    ];
    return {
      name: `${update} ${rate} ${relaxation}`,
      expected: 'either',
      async run() {
        const guidance = rewardGuidance({
          reward: await rewardOf('qwen3-reward'),
          relaxation: relaxations[relaxation],
          optimizer: optimizers[update](rate),
        });
        await generate(await denoiserOf('dream'), 'Hi', {
          guidance,
          temperature: random.pick([0, 1e-300, 0.7, 1e300]),
        });
      },
    };
  },
  'a reward of its own'(random) {
    const value = random.pick([Number.NaN, Number.POSITIVE_INFINITY, 1e308, null, '1', undefined, {}]);
    const count = random.pick([0, 1, 2, 3]);
    const reward = {
      name: 'own',
      score: async () => Array.from({ length: count }, () => value) as never,
      dispose: async () => {},
      [Symbol.asyncDispose]: async () => {},
    };
    const isRight = count === 2 && value === 1e308;
    const isComposite = random.below(2) === 0;
    return {
      name: `${count} of ${shown(value)}${isComposite ? ' in a sum' : ''}`,
      expected: isRight ? (isComposite ? 'refused' : 'works') : 'refused',
      run: async () => {
        const judged = isComposite
          ? compositeReward([
              { reward, weight: 2 },
              { reward, weight: 1e300 },
            ])
          : reward;
        const { avg, top1 } = await bestOfN({ reward: judged, prompt: 'Hi', texts: ['a', 'b'] });
        if (!Number.isFinite(avg + top1)) throw new HostileFinding('wrong accept', `Avg@N is ${avg}`);
      },
    };
  },
  weights(random) {
    const weight = random.pick([Number.NaN, Number.POSITIVE_INFINITY, '1', null, true, [], {}, 1n]);
    return {
      name: `compositeReward ${typeof weight} ${shown(weight)}`,
      expected: 'refused',
      run: async () => compositeReward([{ reward: await rewardOf('qwen3-reward'), weight: weight as never }]),
    };
  },
  'a denoiser of its own'(random) {
    const value = random.pick([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      3.4e38,
      -3.4e38,
      0,
      1e-45,
    ]);
    const length = random.pick([0, 1, -1]);
    return {
      name: `logits ${value}${length === 0 ? '' : `, ${length} too many`}`,
      expected: Number.isFinite(value) && length === 0 ? 'works' : 'refused',
      async run() {
        const denoiser = await denoiserOf('dream');
        await generate(
          {
            ...denoiser,
            logits: async ({ positions }) =>
              new Float32Array(positions.length * denoiser.vocabulary.size + length).fill(value),
          },
          'Hi',
        );
      },
    };
  },
  threads(random) {
    const value = random.pick([...never, 0, 0.5, Number.POSITIVE_INFINITY, 1e308]);
    const which = random.below(3);
    return {
      name: `${['nodeBackend', 'loadDenoiser', 'loadReward'][which]} ${shown(value)}`,
      expected: 'refused',
      async run() {
        const threads = value as never;
        if (which === 0) nodeBackend({ threads });
        else if (which === 1) await (await loadDenoiser(fixture('dream'), { backend, threads })).dispose();
        else {
          const reward = await loadReward(fixture('qwen3-reward'), { backend, threads });
          try {
            await reward.score('Hi', ['a']);
          } finally {
            await reward.dispose();
          }
        }
      },
    };
  },
  'loading options'(random) {
    const name = random.pick([
      'dtype',
      'memoryLimit',
      'label',
      'templateVariables',
      'templateDate',
      'disablePrepacking',
      'revision',
      'cacheDir',
      'offline',
      'maxLength',
      'quantizedDir',
      'verify',
      'name',
    ]);
    const value = random.pick([
      Number.NaN,
      -1,
      1e308,
      'fp99',
      null,
      {},
      [],
      'constructor',
      0.5,
      Symbol('x'),
      true,
      '',
    ]);
    return {
      name: `loadReward ${name} ${shown(value)}`,
      expected: 'either',
      async run() {
        const reward = await loadReward(fixture('bert-reward'), { backend, [name]: value } as never);
        try {
          await reward.score('Hi', ['a']);
        } finally {
          await reward.dispose();
        }
      },
    };
  },
  'request to a denoiser'(random) {
    const [field, value] = random.pick([
      ['batch', 0],
      ['batch', 1e9],
      ['batch', -1],
      ['length', 0],
      ['length', 2 ** 31],
      ['length', Number.NaN],
      ['tokenIds', Int32Array.of(-1, 2)],
      ['tokenIds', Int32Array.of(1, 2 ** 30)],
      ['tokenIds', []],
      ['positions', Int32Array.of(5)],
      ['positions', Int32Array.of(-1)],
      ['positions', Int32Array.of(1, 0)],
      ['positions', null],
      ['tokenIds', null],
    ] as const);
    return {
      name: `${field} ${String(value)} ${random.below(1000)}`,
      expected: 'either',
      async run() {
        const logits = await (await denoiserOf('dream')).logits({
          tokenIds: Int32Array.of(1, 2),
          batch: 1,
          length: 2,
          positions: Int32Array.of(1),
          [field]: value,
        } as never);
        if (!logits.every(Number.isFinite))
          throw new HostileFinding('wrong accept', 'logits that are not finite');
      },
    };
  },
  feeds(random) {
    const dims = random.pick([[2], [-1], [], [0.5], [2 ** 53], [1, 1], null, 'a', [Number.NaN]]);
    return {
      name: `dims ${JSON.stringify(dims)} ${random.below(1000)}`,
      expected: 'either',
      async run() {
        const session = await backend.createSession({
          bytes: await readFile(`${fixture('../../backend-node/fixtures')}/identity-float32.onnx`),
        });
        try {
          await session.run({
            [random.pick([...session.inputNames, 'x', '__proto__'])]: { ...tensorless, dims } as never,
          });
        } finally {
          await session.dispose();
        }
      },
    };
  },
  'dream config': (random) => config(random, 'dream', decoderFields),
  'qwen3 config': (random) => config(random, 'qwen3-reward', decoderFields),
  'bert config': (random) => config(random, 'bert-reward', encoderFields),
  'llama config': (random) => config(random, 'llama-reward', decoderFields),
  flags(random) {
    const [flag, text] = [random.pick(flags), random.pick(notNumbers)];
    return {
      name: `${flag} ${JSON.stringify(text).slice(0, 30)}`,
      expected: flag === '--seed' ? 'either' : 'refused',
      run: () => runCommand('generate', 'Hi', `${flag}=${text}`, '--prompts', '/nowhere/p.jsonl'),
    };
  },
};
