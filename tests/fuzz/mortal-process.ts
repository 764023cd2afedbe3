import { type ChildProcess, type ForkOptions, fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process that answers questions, and may die of one: the next is then for a fresh one. */
export interface MortalProcess<Question, Answer> {
  /** The answer; 'crash' or 'hang' where the process did not give one within so many milliseconds. */
  ask(question: Question, patience: number): Promise<Answer | 'crash' | 'hang'>;
  stop(): void;
}

/** Runs a module of sources, which says something when it is ready and then answers each message by one. */
export const mortalProcess = <Question extends Serializable, Answer extends object>(
  module: URL,
  argv: readonly string[],
  options: ForkOptions = {},
): MortalProcess<Question, Answer> => {
  let child: ChildProcess | undefined;
  const ready = async (): Promise<ChildProcess> => {
    if (child !== undefined) return child;
    child = fork(module, argv, {
      ...options,
      execArgv: [
        '--conditions=@entrgi/source',
        '--max-old-space-size=1024',
        '--import',
        fileURLToPath(new URL('../../apps/cli/src/testing/run-source.js', import.meta.url)),
      ],
    });
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`the process of ${[module, ...argv].join(' ')} does not start`);
      }),
    ]);
    return child;
  };
  const stop = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  return {
    stop,
    async ask(question, patience) {
      const asked = await ready();
      asked.send(question);
      const ended = new AbortController();
      const { signal } = ended;
      let timer: NodeJS.Timeout | undefined;
      const outcome = await Promise.race([
        once(asked, 'message', { signal }).then(([answer]) => answer as Answer),
        once(asked, 'exit', { signal }).then(() => 'crash' as const),
        new Promise<'hang'>((resolve) => {
          timer = setTimeout(resolve, patience, 'hang');
        }),
      ]).finally(() => {
        clearTimeout(timer);
        ended.abort();
      });
      if (typeof outcome === 'string') stop();
      return outcome;
    },
  };
};
