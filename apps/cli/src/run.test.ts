import { readFileSync } from 'node:fs';
import { embeddedSettings } from 'entrgi';
import { describe, expect, test } from 'vitest';
import { entrgi } from './testing/capture.js';

describe('wrong usage', () => {
  test.each([
    [['generate'], "missing argument 'PROMPT'", 'generate'],
    [['generate', 'a', 'b'], 'too many arguments', 'generate'],
    [['generate', 'a', '--prompts', 'b.jsonl'], 'PROMPT or --prompts, not both', 'generate'],
    [['generate', 'a', '--color'], "unknown option '--color'", 'generate'],
    [['generate', 'a', '--steps'], "option '--steps <N>' argument missing", 'generate'],
    [['generate', 'a', '--steps', 'many'], "argument 'many' is invalid. expected a whole number", 'generate'],
    [['generate', 'a', '--steps', '2.5'], "argument '2.5' is invalid. expected a whole number", 'generate'],
    [['generate', 'a', '--steps', ''], "argument '' is invalid. expected a whole number", 'generate'],
    [['generate', 'a', '--seed', '0x10'], 'expected a whole number', 'generate'],
    [['generate', 'a', '--top-p', 'half'], "argument 'half' is invalid. expected a number", 'generate'],
    [['generate', 'a', '--temperature', 'NaN'], 'expected a number', 'generate'],
    [['generate', 'a', '--temperature', 'Infinity'], 'expected a number', 'generate'],
    [['generate', 'a', '--beta', '2', '--learning-rate', '1'], 'cannot be used with', 'generate'],
    [['generate', 'a', '--beta', '2', '--update', 'adam'], 'cannot be used with', 'generate'],
    [
      ['differentiate', 'm.onnx', '--of', 'y', '--wrt', 'x'],
      "required option '-o, --output <OUT.onnx>'",
      'differentiate',
    ],
    [
      ['differentiate', 'm.onnx', '--of', 'y', '-o', 'o.onnx'],
      "required option '--wrt <VALUE>'",
      'differentiate',
    ],
    [
      ['differentiate', '--of', 'y', '--wrt', 'x', '-o', 'o.onnx'],
      "missing required argument 'MODEL.onnx'",
      'differentiate',
    ],
    [
      ['differentiate', 'm', '--of', 'y', '--wrt', 'x', '-o', 'o', '--index', 'a'],
      'expected a whole number',
      'differentiate',
    ],
    [['inspect'], "missing required argument 'MODEL'", 'inspect'],
    [['inspect', 'a', 'b', 'c'], 'too many arguments', 'inspect'],
  ])('%j is told in one line and exits 2', async (argv, message, command) => {
    const { status, stdout, stderr } = await entrgi(argv);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^entrgi: .*\n$/);
    expect(stderr).not.toMatch(/\.\.|\?\./);
    expect(stderr).toContain(`See entrgi ${command} --help.`);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test.each([
    [['genrate'], "unknown command 'genrate'. Did you mean generate? See entrgi --help."],
    [
      ['generate', 'a', '--step', '3'],
      "unknown option '--step'. Did you mean --steps? See entrgi generate --help.",
    ],
    [['inspect', '--jsn', 'm'], "unknown option '--jsn'. Did you mean --json? See entrgi inspect --help."],
  ])('%j is told what was meant', async (argv, line) => {
    expect(await entrgi(argv)).toEqual({ status: 2, stdout: '', stderr: `entrgi: ${line}\n` });
  });

  test.each([[['invent']], [['--frobnicate']]])('%j exits 2', async (argv) => {
    const { status, stdout, stderr } = await entrgi(argv);
    expect(stderr).toMatch(/^entrgi: unknown .* See entrgi --help\.\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('no command at all shows the help on stderr and exits 2', async () => {
    const { status, stdout, stderr } = await entrgi([]);
    expect(stderr).toContain('Usage: entrgi');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

describe('help', () => {
  test('names the commands', async () => {
    const { status, stdout, stderr } = await entrgi(['--help']);
    for (const command of ['generate', 'differentiate', 'inspect', 'completion'])
      expect(stdout).toContain(command);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('of generate names every option of the contract with its default', async () => {
    const { stdout, status } = await entrgi(['generate', '--help']);
    const help = stdout.replace(/\s+/g, ' ');
    for (const [option, value] of Object.entries(contract)) {
      const entry = help.match(new RegExp(` --${option}[ <].*?(?= --|$)`))?.[0];
      expect(entry, option).toBeDefined();
      if (value !== '') expect(entry, option).toMatch(new RegExp(`default: "?${value}\\b`));
    }
    expect(status).toBe(0);
  });

  test('of generate tells what the embedded models do instead', async () => {
    const { stdout } = await entrgi(['generate', '--help']);
    const { steps, maxNewTokens, learningRate } = embeddedSettings;
    for (const [option, value] of Object.entries({
      steps,
      'max-new-tokens': maxNewTokens,
      'learning-rate': learningRate,
    })) {
      const entry = stdout.replace(/\s+/g, ' ').match(new RegExp(` --${option} .*?(?= --)`))![0];
      expect(entry).toContain(`${value} with the embedded denoiser`);
    }
  });

  test('the README names every option', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const option of Object.keys(contract)) expect(readme).toContain(`--${option}`);
  });

  test('of every command ends with examples', async () => {
    const { stdout: overview } = await entrgi(['--help']);
    const [, listed] = /\nCommands:\n(.*)\n {2}help /s.exec(overview)!;
    const commands = [...listed!.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
    expect(commands).toEqual(
      expect.arrayContaining(['demo', 'generate', 'differentiate', 'eval', 'inspect', 'completion']),
    );
    for (const command of commands) {
      const { stdout } = await entrgi([command, '--help']);
      expect(stdout).toMatch(new RegExp(`\\nExamples:\\n(  \\$ entrgi ${command}\\b.*\\n)+$`));
    }
  });

  test('--version is that of the package', async () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await entrgi(['--version'])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });
});

/** Options of `generate` and their defaults; '' where there is none. Other tools rely on them. */
const contract: Readonly<Record<string, string>> = {
  method: 'entrgi',
  preset: '',
  denoiser: 'embedded',
  reward: 'embedded',
  revision: 'main',
  offline: '',
  trajectories: '4',
  steps: '128',
  'guidance-steps': '3',
  'learning-rate': '0.5',
  update: 'adam',
  beta: '',
  temperature: '0.7',
  'top-p': '0.95',
  'top-k': 'all',
  order: 'entropy',
  'max-new-tokens': '128',
  seed: '1',
  prompts: '',
  json: '',
  trace: '',
};
