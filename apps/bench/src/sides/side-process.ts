import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { WorkloadSpec } from '../cases/workload-spec.js';
import type { Measurement } from '../work/workload.js';
import type { Answer, Request } from './serve-side.js';

/** A side in a process of its own, so that its memory is its own. */
export interface SideProcess {
  readonly pid: number;
  load(spec: WorkloadSpec): Promise<void>;
  run(round: number): Promise<Measurement>;
  /** Null where a workload has nothing to compare. */
  outputs(): Promise<Readonly<Record<string, readonly number[]>> | null>;
  /** Ends the process, whatever it does. */
  end(): Promise<void>;
}

/** Starts a program that speaks the protocol of `serveSide`; what it writes to stderr is shown when it fails. */
export const sideProcess = (command: string, args: readonly string[]): SideProcess => {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  let complaints = '';
  let ended: Error | undefined;
  let count = 0;

  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  const fail = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  child.on('error', fail);
  child.stdin.on('error', fail);
  const exit = new Promise<void>((resolve) =>
    child.on('close', (code, signal) => {
      const last = complaints.trim().split('\n').at(-1);
      fail(new Error(`the process ended (${signal ?? `code ${code}`}): ${last}`));
      resolve();
    }),
  );
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error }: Answer = JSON.parse(line);
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (error === undefined) resolve(result as never);
    else reject(new Error(error));
  });

  const ask = <T>(request: Record<string, unknown> & { command: Request['command'] }): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (ended !== undefined) return reject(ended);
      const id = ++count;
      waiting.set(id, { resolve: resolve as never, reject });
      child.stdin.write(`${JSON.stringify({ id, ...request })}\n`);
    });

  return {
    pid: child.pid!,
    load: async (spec) => {
      await ask({ command: 'load', spec });
    },
    run: (round) => ask({ command: 'run', round }),
    outputs: () => ask({ command: 'outputs' }),
    async end() {
      child.kill('SIGKILL');
      await exit;
    },
  };
};
