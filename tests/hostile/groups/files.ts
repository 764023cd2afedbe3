import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Alteration, copyAltered } from '../../../packages/models/fixtures/copy-altered.js';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup } from '../hostile-case.js';
import { runCommand } from '../run-program.js';
import { useDenoiser, useReward } from '../use-models.js';

const needed = ['config.json', 'tokenizer.json', 'model.safetensors'] as const;
const bases = ['dream', 'qwen3-reward', 'bert-reward'] as const;

/** A copy of a checkpoint with one of its files changed on disk. */
const checkpoint = (
  random: Random,
  { what, expected = 'refused' }: { what: string; expected?: HostileCase['expected'] },
  change: (path: string, file: string) => Promise<unknown>,
  files: readonly string[] = needed,
): HostileCase => {
  const [base, file] = [random.pick(bases), random.pick(files)];
  return {
    name: `${base}/${file} ${what}`,
    expected,
    async prepare(folder) {
      const directory = join(folder, 'model');
      await cp(fixture(base), directory, { recursive: true });
      await change(join(directory, file), file);
    },
    run: (folder) => (base === 'dream' ? useDenoiser : useReward)(join(folder, 'model')),
  };
};

/** The same, with the bytes of the file changed. */
const bytes = (
  random: Random,
  facts: { what: string; expected?: HostileCase['expected'] },
  change: (content: Buffer) => Uint8Array | string,
  files?: readonly string[],
): HostileCase =>
  checkpoint(random, facts, async (path) => writeFile(path, change(await readFile(path))), files);

const instead = (random: Random, what: string, make: (path: string) => Promise<unknown>): HostileCase =>
  checkpoint(random, { what }, async (path) => {
    await rm(path);
    await make(path);
  });

// biome-ignore lint/suspicious/noExplicitAny: headers are changed in ways that have no type
type Header = Record<string, any>;

/** The header of the weights changed, its length kept right. */
const header = (
  random: Random,
  what: string,
  change: (header: Header, names: readonly string[]) => Header | string | undefined,
): HostileCase =>
  bytes(
    random,
    { what },
    (content) => {
      const end = 8 + Number(content.readBigUInt64LE(0));
      const parsed = JSON.parse(content.subarray(8, end).toString()) as Header;
      const changed =
        change(
          parsed,
          Object.keys(parsed).filter((name) => name !== '__metadata__'),
        ) ?? parsed;
      const text = Buffer.from(typeof changed === 'string' ? changed : JSON.stringify(changed));
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([length, text, content.subarray(end)]);
    },
    ['model.safetensors'],
  );

const altered = (
  name: string,
  base: string,
  alterations: Readonly<Record<string, Alteration>>,
  expected: HostileCase['expected'] = 'refused',
): HostileCase => ({
  name: `${base} ${name}`,
  expected,
  prepare: (folder) => copyAltered(base, join(folder, 'model'), alterations),
  run: (folder) => useDenoiser(join(folder, 'model')),
});

const commands = (folder: string, model: string): readonly (readonly string[])[] => [
  ['differentiate', model, '--of', 'logits', '--wrt', 'x', '-o', join(folder, 'out.onnx')],
  ['inspect', model],
  ['generate', '--prompts', model],
];

/** A path given to a command line. */
const given = (random: Random, what: string, make: (path: string) => Promise<unknown>): HostileCase => {
  const which = random.below(3);
  const ending = random.pick(['m.onnx', 'm', 'm m.onnx', 'ünï.onnx', '-m.onnx', 'm\n.onnx']);
  return {
    name: `${what} as ${JSON.stringify(ending)} of ${commands('', '')[which]![0]}`,
    expected: 'refused',
    prepare: (folder) => make(join(folder, ending)),
    run: (folder) => runCommand(...commands(folder, join(folder, ending))[which]!),
  };
};

const pipe = (path: string) => promisify(execFile)('mkfifo', [path]);

/** Files that are not there, not whole, not files, or not what they say. */
export const files: HostileGroup = {
  missing: (random) => checkpoint(random, { what: 'is missing' }, (path) => rm(path)),
  empty: (random) => bytes(random, { what: 'is empty' }, () => ''),
  truncated(random) {
    const share = random.below(1000) / 1000;
    return bytes(random, { what: `ends after ${share}` }, (content) =>
      content.subarray(0, Math.min(Math.floor(content.length * share), content.length - 3)),
    );
  },
  'longer than it says'(random) {
    const more = random.pick([1, 7, 4096, 100_000]);
    return bytes(random, { what: `has ${more} bytes more` }, (content) =>
      Buffer.concat([content, Buffer.alloc(more, random.pick(['a', '\0', '{']))]),
    );
  },
  huge(random) {
    const size = random.pick([3e8, 2 ** 31, 2 ** 32 + 1, 2 ** 33, 2 ** 36]) + random.below(1000);
    return checkpoint(random, { what: `has ${size} bytes` }, (path) => truncate(path, size));
  },
  'huge claim'(random) {
    const claim =
      random.pick([2n ** 63n, 2n ** 64n - 1n, 2n ** 53n, 10n ** 8n, 99_999_999n, 0n, 1n]) -
      BigInt(random.below(2));
    return bytes(
      random,
      { what: `claims a header of ${claim}` },
      (content) => {
        content.writeBigUInt64LE(BigInt.asUintN(64, claim));
        return content;
      },
      ['model.safetensors'],
    );
  },
  folder: (random) => instead(random, 'is a folder', (path) => mkdir(path)),
  pipe: (random) => instead(random, 'is a pipe', pipe),
  'link to itself': (random) => instead(random, 'is a link to itself', (path) => symlink(path, path)),
  'link to nothing': (random) =>
    instead(random, 'is a link to nothing', (path) => symlink(`${path}-${random.below(99)}`, path)),
  'wrong encoding'(random) {
    const kind = random.pick(['utf16le', 'a stray byte', 'gzip', 'random'] as const);
    return bytes(
      random,
      { what: `is ${kind}` },
      (content) => {
        if (kind === 'utf16le') return Buffer.from(`\ufeff${content}`, 'utf16le');
        if (kind === 'gzip') return Buffer.concat([Buffer.from([31, 139, 8]), content]);
        if (kind === 'random') return Buffer.from(Array.from({ length: 1000 }, () => random.below(256)));
        const at = content.indexOf('"') + 1;
        return Buffer.concat([
          content.subarray(0, at),
          Buffer.from([0x80 + random.below(128)]),
          content.subarray(at),
        ]);
      },
      ['config.json', 'tokenizer.json', 'tokenizer_config.json'],
    );
  },
  'byte order mark': (random) =>
    bytes(random, { what: 'begins with a mark', expected: 'either' }, (content) => `\ufeff${content}`, [
      'config.json',
      'tokenizer.json',
    ]),
  'deep JSON'(random) {
    const [depth, open] = [random.pick([100, 1000, 10_000, 100_000, 1_000_000]), random.pick(['[', '{"a":'])];
    const close = (open === '[' ? ']' : '}').repeat(random.pick([0, 1]) * depth);
    const deep = `${open.repeat(depth)}1${close}`;
    return bytes(
      random,
      { what: `is ${depth} of ${open} deep`, expected: close === '' ? 'refused' : 'either' },
      (content) => `{"deep":${deep},${content.toString().trim().slice(1)}`,
      ['config.json', 'tokenizer.json', 'tokenizer_config.json'],
    );
  },
  'doubled key': (random) =>
    bytes(
      random,
      { what: 'has a key twice' },
      (content) => {
        const [key] = random.pick(Object.entries(JSON.parse(content.toString()) as object));
        const spelled = random.pick([
          JSON.stringify(key),
          `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${key.slice(1)}"`,
        ]);
        return `{${spelled}:${random.pick(['1', 'null', '{}', '"a"'])},${content.toString().trim().slice(1)}`;
      },
      ['config.json', 'tokenizer.json', 'tokenizer_config.json'],
    ),
  'no object': (random) =>
    bytes(
      random,
      { what: 'is no object' },
      () => random.pick(['null', '[]', '1', '"a"', 'true', '[{}]', 'NaN', '-', '{']),
      ['config.json', 'tokenizer.json'],
    ),
  'tensor claims': (random) =>
    header(random, 'has a tensor that lies', (tensors, names) => {
      const tensor = tensors[random.pick(names)];
      const odd = () => random.pick([-1, 0.5, 2 ** 53, 1e308, null, '1', [], {}, true]);
      const kind = random.below(5);
      if (kind === 0)
        tensor.shape = random.pick([[...tensor.shape, 2], [2 ** 32, 2 ** 32], [odd()], odd(), 'a']);
      else if (kind === 1)
        tensor.dtype = random.pick(['F64', 'F99', 'constructor', '__proto__', 7, null, ['F32']]);
      else if (kind === 2)
        tensor.data_offsets = random.pick([
          [odd(), odd()],
          [tensor.data_offsets[1], tensor.data_offsets[0]],
          [0],
          null,
        ]);
      else if (kind === 3)
        tensor.data_offsets = tensor.data_offsets.map((at: number) => at + random.pick([4, 1, -1, 2 ** 40]));
      else delete tensor[random.pick(['shape', 'dtype', 'data_offsets'])];
      return tensors;
    }),
  'tensor names': (random) =>
    header(random, 'has a tensor with another name', (tensors, names) => {
      const name = random.pick(names);
      const { [name]: tensor, ...rest } = tensors;
      const other = random.pick([
        '__proto__',
        'constructor',
        '',
        '\u0000',
        '\ud800',
        'a'.repeat(10_000),
        '../x',
        random.pick(names),
      ]);
      // An object literal would take the first as its prototype.
      return `{${[...Object.entries(rest), [other, tensor]].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)}}`;
    }),
  'tensors exchanged': (random) =>
    header(random, 'has a tensor of another shape', (tensors, names) => {
      const matrix = names.filter((name) => new Set(tensors[name].shape).size === 2);
      tensors[random.pick(matrix)].shape.reverse();
      return tensors;
    }),
  metadata: (random) =>
    header(random, 'has odd metadata', (tensors) => ({
      ...tensors,
      __metadata__: random.pick([1, [], { a: 1 }, 'a', null, { a: null }]),
    })),
  overlap: (random) =>
    header(random, 'has overlapping tensors', (tensors, names) => {
      const [a, b] = [random.below(names.length), random.below(names.length - 1)];
      tensors[names[a]!] = { ...tensors[names[b >= a ? b + 1 : b]!] };
      return tensors;
    }),
  'header text': (random) =>
    header(random, 'has a header that is none', () =>
      random.pick([
        '',
        '[]',
        ' {}',
        '{',
        '{"a":{}}',
        'null',
        `{"a":${'['.repeat(100_000)}`,
        '{}{}',
        '\ufeff{}',
      ]),
    ),
  'index that points elsewhere'(random) {
    const target = random.pick([
      '../secret',
      '/etc/passwd',
      '',
      '.',
      '..',
      'config.json',
      'model-00009-of-00003.safetensors',
      'a\u0000b',
      'C:\\x',
      '..\\x',
      'a'.repeat(5000),
      '%2e%2e/x',
      'model-00001-of-00003.safetensors/',
      null,
      1,
      {},
      ['a'],
      'tokenizer.json',
      '/proc/self/mem',
      './../model/config.json',
      'file:///etc/passwd',
    ]);
    return altered(`index names ${JSON.stringify(target)?.slice(0, 40)}`, 'dream-sharded', {
      'model.safetensors.index.json': (index) => {
        index.weight_map[random.pick(Object.keys(index.weight_map))] = target;
      },
    });
  },
  'index that is none'(random) {
    const map = random.pick([null, [], 1, 'a', {}, { __proto__x: 'a' }, [['a', 'b']]]);
    return altered(`weight_map is ${JSON.stringify(map)}`, 'dream-sharded', {
      'model.safetensors.index.json': (index) => ({ ...index, weight_map: map }),
    });
  },
  'folder that is none'(random) {
    const path = random.pick([
      '',
      ' ',
      '.',
      '/',
      '/dev/fd',
      '/etc/passwd',
      'a\u0000b',
      'x'.repeat(300),
      '/'.repeat(5000),
      '~/x',
      'a/b/c',
      'file:///tmp',
      'https://x.y/z',
      '\ud800',
      '../..',
      '//',
      'C:\\m',
      '-x',
      '\n',
      'a/b@../..',
      `a${'/..'.repeat(2000)}`,
    ]);
    const which = random.below(3);
    return {
      name: `${['denoiser', 'reward', 'inspect'][which]} ${JSON.stringify(path).slice(0, 40)}`,
      expected: 'refused',
      run: () =>
        [useDenoiser, useReward, (model: string) => runCommand('inspect', '--offline', model)][which]!(path),
    };
  },
  'given: missing': (random) => given(random, 'nothing', async () => {}),
  'given: a folder': (random) => given(random, 'a folder', (path) => mkdir(path)),
  'given: a pipe': (random) => given(random, 'a pipe', pipe),
  'given: a link to itself': (random) => given(random, 'a link', (path) => symlink(path, path)),
  'given: bytes': (random) =>
    given(random, 'bytes', (path) =>
      writeFile(path, Buffer.from(Array.from({ length: random.below(2000) }, () => random.below(256)))),
    ),
  'given: holes': (random) =>
    given(random, 'holes', async (path) => {
      await writeFile(path, random.pick(['', '{', '\u0008']));
      await truncate(path, random.pick([1000, 1e6, 3e8, 2 ** 33]));
    }),
  'output that cannot be'(random) {
    const output = random.pick([
      '.',
      'nowhere/out.onnx',
      'model.onnx',
      './sub/../model.onnx',
      'link.onnx',
      'pipe',
      'x'.repeat(300),
      '',
      'a\u0000b',
      'loop',
    ]);
    return {
      name: JSON.stringify(output).slice(0, 40),
      expected: 'refused',
      async prepare(folder) {
        await cp(`${fixture('bert-fill')}.onnx`, join(folder, 'model.onnx'));
        await mkdir(join(folder, 'sub'));
        await symlink('model.onnx', join(folder, 'link.onnx'));
        await symlink('loop', join(folder, 'loop'));
        await pipe(join(folder, 'pipe'));
      },
      async run(folder) {
        const model = join(folder, 'model.onnx');
        const before = await readFile(model);
        const path = output === '' ? '' : `${folder}/${output}`;
        const done = runCommand('differentiate', model, '--of', 'logits', '--wrt', 'x', '-o', path);
        await done.catch(() => {});
        if (!before.equals(await readFile(model)))
          throw new HostileFinding('wrong accept', 'the model was changed');
        await done;
      },
    };
  },
  prompts(random) {
    const lines = [
      '{"prompt":1}',
      '{"prompt":"a","prompt":"b"}',
      '{"prompt":"a","messages":[]}',
      '[',
      '{"messages":[{"role":"tool","content":"a"}]}',
      '{"messages":[]}',
      '\xff',
      '"\\ud800"'.slice(0, -2),
      '['.repeat(100_000),
      '{"prompt":" "}',
      '1',
      'null',
      '{"messages":{}}',
      '{"messages":[null]}',
      '{"__proto__":{"prompt":"a"}}',
      '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}',
      '""',
      'a'.repeat(1e6),
    ];
    const [line, place] = [random.pick(lines), random.pick([0, 1, 1000, 100_000])];
    return {
      name: `${JSON.stringify(line).slice(0, 50)} in line ${place + 1}`,
      expected: 'refused',
      prepare: (folder) =>
        writeFile(join(folder, 'p.jsonl'), Buffer.from(`${'\n'.repeat(place)}${line}\n`, 'latin1')),
      run: (folder) => runCommand('generate', '--prompts', join(folder, 'p.jsonl')),
    };
  },
};
