import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fixture } from '../../../packages/models/fixtures/fixture.js';
import type { Random } from '../../fuzz/random.js';
import { type HostileCase, HostileFinding, type HostileGroup } from '../hostile-case.js';
import { judge } from '../run-program.js';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const program = [
  execPath,
  '--conditions=@entrgi/source',
  '--import',
  file('../../../apps/cli/src/testing/run-source.js'),
  file('../../../apps/cli/src/main.ts'),
];

/** For starting and working, on a machine that does other things as well. */
const WHOLE = 90_000;
/** From the signal to the end. */
const END = 3000;

const environment = (folder: string) => {
  const { ORT_DISABLE_TELEMETRY: _, ...others } = process.env;
  return { ...others, HOME: folder, TMPDIR: folder };
};

const start = (folder: string, argv: readonly string[]): ChildProcess =>
  spawn(program[0]!, [...program.slice(1), ...argv], { cwd: folder, env: environment(folder) });

/** Starts the program by a shell, which redirects; `"$@"` is the program. */
const shell = (script: string, folder: string, argv: readonly string[]): ChildProcess =>
  spawn('sh', ['-c', script, 'sh', ...program, ...argv], {
    cwd: folder,
    env: environment(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ended = async (child: ChildProcess, within = WHOLE): Promise<End> => {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text) => (stdout += text));
  child.stderr?.on('data', (text) => (stderr += text));
  const end = await Promise.race([once(child, 'close'), wait(within, undefined, { ref: false })]);
  if (end === undefined) {
    child.kill('SIGKILL');
    throw new HostileFinding('hang', `still there after ${within} ms: ${stderr.slice(0, 300)}`);
  }
  const [status, signal] = end as [number | null, NodeJS.Signals | null];
  return { status, signal, stdout, stderr };
};

/** A run that outlasts any delay: steps that commit nothing cost nothing, but prompts do. */
const endless = (folder: string): readonly string[] => [
  'generate',
  '--prompts',
  join(folder, 'prompts.jsonl'),
  '--steps',
  '8',
  '--max-new-tokens',
  '8',
  '--denoiser',
  fixture('dream'),
  '--reward',
  fixture('qwen3-reward'),
  '--minimum-coverage',
  '0',
  '--json',
  '--trace',
  join(folder, 'trace.jsonl'),
];
const manyPrompts = (folder: string) =>
  writeFile(join(folder, 'prompts.jsonl'), '{"prompt":"Hi"}\n'.repeat(20_000));
const brief = (more: readonly string[] = []): readonly string[] => [
  'generate',
  'Hi',
  '--steps',
  '2',
  '--max-new-tokens',
  '4',
  '--denoiser',
  fixture('dream'),
  '--reward',
  fixture('qwen3-reward'),
  '--minimum-coverage',
  '0',
  '--trajectories',
  '2',
  ...more,
];

const differentiation = (folder: string): readonly string[] => [
  'differentiate',
  join(folder, 'model.onnx'),
  '--of',
  'logits',
  '--wrt',
  '/model/bert/embeddings/Add_output_0',
  '-o',
  join(folder, 'out.onnx'),
];

const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Sends a signal when the trace has begun, or at any time after the start. */
const signalled = (random: Random, times: number): HostileCase => {
  const name = random.pick(['SIGINT', 'SIGTERM', 'SIGHUP'] as const);
  const atRun = random.below(3) > 0;
  const delay = random.below(atRun ? 1500 : 3000);
  return {
    name: `${times} ${name} ${atRun ? 'while running' : 'from the start'} after ${delay} ms`,
    expected: 'works',
    limit: times * WHOLE,
    leaves: /^(trace|prompts)\.jsonl$/,
    prepare: manyPrompts,
    async run(folder) {
      const child = start(folder, endless(folder));
      const end = ended(child);
      end.catch(() => {});
      if (atRun) await begun(folder, end);
      await wait(delay);
      const sent = performance.now();
      for (let i = 0; i < times; i += 1) child.kill(name);
      const { status, signal, stderr, stdout } = await end;
      const took = performance.now() - sent;
      // Ended by the signal itself, before there was anything to tidy up or with the runtime still computing, is what a shell reports alike.
      if (signal !== name && status !== statuses[name])
        throw new HostileFinding('untyped', `status ${status}, signal ${signal}: ${stderr.slice(0, 300)}`);
      if (!/^(entrgi: Interrupted\.\n)?$/.test(stderr))
        throw new HostileFinding('untyped', stderr.slice(0, 300));
      for (const line of stdout.split('\n').slice(0, -1)) JSON.parse(line);
      if (atRun && took > 3 * END) throw new HostileFinding('hang', `${Math.round(took)} ms after ${name}`);
      await checkTrace(folder);
      // The second signal ends the process at once: what it leaves, the next run clears, as after kill -9.
      if (times > 1) await runAgain(folder);
    },
  };
};

const runAgain = async (folder: string): Promise<void> => {
  const { status, stderr } = await ended(
    shell('"$@"', folder, brief(['--json', '--trace', join(folder, 'trace.jsonl')])),
  );
  judge(status, stderr);
  await checkTrace(folder);
};

const begun = async (folder: string, end: Promise<End>): Promise<void> => {
  let isOver = false;
  end.finally(() => (isOver = true)).catch(() => {});
  while (!isOver && (await readdir(folder)).every((each) => !each.includes('.partial'))) await wait(20);
};

/** A trace that is there is whole lines of JSON. */
const checkTrace = async (folder: string): Promise<void> => {
  const text = await readFile(join(folder, 'trace.jsonl'), 'utf8').catch(() => '');
  for (const line of text.split('\n').filter((each) => each !== '')) JSON.parse(line);
  if (text !== '' && !text.endsWith('\n'))
    throw new HostileFinding('left behind', 'half a line of the trace');
};

const model = (folder: string) => cp(`${fixture('bert-fill')}.onnx`, join(folder, 'model.onnx'));

/** A pipe that ends with the status of the program, not of the reader. */
const piped = (reader: string) =>
  `{ "$@"; echo $? > "$HOME/../status-$$" ; } | ${reader} > /dev/null; s=$(cat "$HOME/../status-$$"); rm "$HOME/../status-$$"; exit $s`;

/** A command whose streams are not what they should be; ends as is documented, at once. */
const streamed = (
  name: string,
  script: string,
  argv: (folder: string) => readonly string[],
  { expected = 'either', stdout }: { expected?: HostileCase['expected']; stdout?: string } = {},
): HostileCase => ({
  name,
  expected,
  limit: WHOLE,
  leaves: /^out\.onnx$/,
  prepare: model,
  async run(folder) {
    const end = await ended(shell(script, folder, argv(folder)));
    if (end.signal !== null) throw new HostileFinding('crash', `${end.signal}`);
    judge(end.status, end.stderr.replace(/^wrote .*\n/, ''), [0, 1, 2]);
    if (stdout !== undefined && end.stdout !== stdout)
      throw new HostileFinding('wrong accept', end.stdout.slice(0, 200));
  },
});

const argvs = [
  () => ['--help'],
  () => ['generate', '--help'],
  () => brief(['--json']),
  () => brief(),
  (folder: string) => ['inspect', join(folder, 'model.onnx')],
  (folder: string) => ['inspect', join(folder, 'model.onnx'), '--json'],
  differentiation,
] as const;

/** Signals at any time, and streams that are closed, full, endless or devices. */
export const signals: HostileGroup = {
  'one signal': (random) => signalled(random, 1),
  'two signals': (random) => signalled(random, 2),
  'kill -9'(random) {
    const delay = random.below(1500);
    return {
      name: `while running, after ${delay} ms; then again`,
      expected: 'works',
      limit: 2 * WHOLE,
      leaves: /^(trace|prompts)\.jsonl$/,
      prepare: manyPrompts,
      async run(folder) {
        const child = start(folder, endless(folder));
        const end = ended(child);
        await begun(folder, end);
        await wait(delay);
        child.kill('SIGKILL');
        await end;
        // The next run clears what this one left.
        await runAgain(folder);
      },
    };
  },
  'signal while differentiating'(random) {
    const [name, delay] = [
      random.pick(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const),
      random.below(2500),
    ];
    return {
      name: `${name} after ${delay} ms`,
      expected: 'works',
      limit: WHOLE,
      leaves: name === 'SIGKILL' ? /^out\.onnx$|partial/ : /^out\.onnx$/,
      prepare: model,
      async run(folder) {
        const child = start(folder, differentiation(folder));
        const end = ended(child);
        await wait(delay);
        child.kill(name);
        const { status, signal, stderr } = await end;
        const right =
          status === 0 ||
          status === 1 ||
          signal === name ||
          (name !== 'SIGKILL' && status === statuses[name]);
        if (!right || /\n./.test(stderr))
          throw new HostileFinding('untyped', `status ${status}, ${signal}: ${stderr.slice(0, 300)}`);
      },
    };
  },
  'closed pipe'(random) {
    const which = random.below(argvs.length);
    const reader = random.pick(['true', 'head -c 1', 'head -1 >/dev/null', 'sleep 0.3']);
    return streamed(`| ${reader}, command ${which}`, piped(reader), argvs[which]!);
  },
  'full disk': (random) => {
    const which = random.below(argvs.length);
    return streamed(`command ${which} > /dev/full`, '"$@" > /dev/full', argvs[which]!, {
      expected: 'refused',
    });
  },
  'nowhere to complain': (random) => {
    const script = random.pick([
      '"$@" 2> /dev/full',
      '"$@" > /dev/full 2> /dev/full',
      '"$@" >&-',
      '"$@" 2>&-',
      '"$@" <&-',
      '"$@" >&- 2>&- <&-',
      '"$@" > /dev/null 2>&1',
      '"$@" < /dev/zero',
      '"$@" 2>&1 >&- | cat',
    ]);
    const which = random.below(argvs.length);
    return {
      ...streamed(`${script} of command ${which}`, script, argvs[which]!),
      async run(folder) {
        const end = await ended(shell(script, folder, argvs[which]!(folder)));
        if (end.signal !== null || ![0, 1, 2].includes(end.status!))
          throw new HostileFinding(
            'crash',
            `status ${end.status}, ${end.signal}: ${end.stderr.slice(0, 300)}`,
          );
        if (/\n\s+at /.test(end.stderr)) throw new HostileFinding('untyped', end.stderr.slice(0, 500));
      },
    };
  },
  'devices for input': (random) => {
    const [device, argv] = [
      random.pick(['/dev/zero', '/dev/null', '/dev/full', '/dev/urandom']),
      random.pick([
        ['inspect', '/dev/stdin'],
        ['differentiate', '/dev/stdin', '--of', 'a', '--wrt', 'b', '-o', 'out.onnx'],
        ['generate', '--prompts', '/dev/stdin'],
        ['inspect', '/proc/self/fd/0'],
      ]),
    ];
    return streamed(`${argv.slice(0, 2).join(' ')} < ${device}`, `"$@" < ${device}`, () => argv, {
      expected: 'refused',
    });
  },
  'outputs that are streams': (random) => {
    const [script, argv] = [
      random.pick(['"$@" > /dev/null', '"$@" > /dev/full', piped('cat'), '"$@" >&-', piped('true')]),
      random.pick(['/dev/stdout', '/proc/self/fd/1', '/dev/fd/1']),
    ];
    return streamed(`-o ${argv}, ${script}`, script, (folder) => [
      ...differentiation(folder).slice(0, -1),
      argv,
    ]);
  },
  'full while writing': (random) => {
    const blocks = random.pick([0, 1, 16, 64]);
    return streamed(`-o into ${blocks} blocks`, `ulimit -f ${blocks} && "$@"`, differentiation, {
      expected: 'either',
    });
  },
};
