import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bare, type CodeBlock, codeBlocks, commandLines, promises } from './code-blocks.js';
import { freshProject, published } from './fresh-project.js';

const root = join(import.meta.dirname, '../..');
const pages = [
  'README.md',
  'examples/README.md',
  ...published.map((folder) => `${folder}/README.md`),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const blocks = pages.flatMap((page) => codeBlocks(page, readFileSync(join(root, page), 'utf8')));
const programs = blocks.filter(({ language }) => language === 'ts');
const fileOf = ({ name }: CodeBlock) => name.replace(/\W+/g, '-');

/** What is checked against the types, and not run here: the web backend's is for browsers, and some ask a server of the reader's. */
const runsHere = ({ name, code }: CodeBlock): boolean =>
  !name.startsWith('packages/backend-web/') && !code.includes('http://localhost');

let project = '';
beforeAll(async () => {
  project = await freshProject();
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test('every program is what strict TypeScript takes, in a project with the tarballs', {
  timeout: 120_000,
}, () => {
  for (const block of programs) {
    // Each is a module of its own, also where it imports nothing.
    writeFileSync(join(project, `${fileOf(block)}.ts`), `${block.code}\nexport {};\n`);
  }
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    skipLibCheck: false,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const tsc = join(project, 'node_modules/typescript/bin/tsc');
  let said = '';
  try {
    execFileSync(process.execPath, [tsc, '--project', project], { cwd: project, encoding: 'utf8' });
  } catch (error) {
    said = (error as { stdout: string }).stdout;
  }
  expect(said).toBe('');
});

test('programs say what they print', () => {
  expect(programs.flatMap(({ code }) => promises(code)).length).toBeGreaterThan(8);
});

describe('runs:', () => {
  test.each(programs.filter(runsHere).map((block) => [block.name, block] as const))(
    '%s',
    { timeout: 300_000 },
    async (_, block) => {
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${fileOf(block)}.js`], {
        cwd: project,
      });
      expect(stderr).toBe('');
      expect(stdout).not.toBe('');
      for (const promise of promises(block.code)) expect(bare(stdout)).toContain(promise);
    },
  );
});

describe('commands', () => {
  const lines = blocks.flatMap((block) => commandLines(block).map((line) => ({ line, name: block.name })));
  const scripts: object = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  const names = published.map(
    (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name,
  );

  test('npm installs and runs what there is', () => {
    for (const { line, name } of lines) {
      const [, installed] = /^npm install ([^&]+)$/.exec(line) ?? [];
      for (const word of installed?.split(' ') ?? []) {
        const isKnown =
          names.includes(word) ||
          /^(onnxruntime-(node|web)@1\.30\.0|@huggingface\/transformers@4\.3\.1)$/.test(word);
        expect(isKnown, `${name}: ${word}`).toBe(true);
      }
      for (const [, script] of line.matchAll(/\bnpm run (?:-s |--silent )?([\w:]+)/g)) {
        expect(scripts, name).toHaveProperty([script!]);
      }
    }
  });

  test('entrgi has the commands and options that are written, and runs', { timeout: 60_000 }, async () => {
    const entrgi = (...argv: string[]) =>
      promisify(execFile)(process.execPath, [
        join(project, 'node_modules/@entrgi/cli/bin/entrgi.js'),
        ...argv,
      ]);
    const written = lines.flatMap(({ line, name }) => {
      const [, rest] = /^(?:npx )?(?:@entrgi\/cli|entrgi) (.*)$/.exec(line) ?? [];
      return rest === undefined
        ? []
        : [{ name, command: rest.split(' ')[0]!, options: rest.match(/(?<= )--?[a-z][\w-]*/g) ?? [] }];
    });
    expect(written.length).toBeGreaterThan(5);
    const helps = new Map<string, string>();
    for (const { name, command, options } of written) {
      if (!helps.has(command)) helps.set(command, (await entrgi(command, '--help')).stdout);
      expect(helps.get(command), name).toContain(`Usage: entrgi ${command}`);
      for (const option of options)
        expect(helps.get(command), `${name}: ${option}`).toMatch(new RegExp(`${option}\\b`));
    }
    const { stdout } = await entrgi(
      'generate',
      'Complete this story: A cat',
      '--steps',
      '2',
      '--max-new-tokens',
      '8',
    );
    expect(stdout).toContain('★ best');
  });
});
