import { Readable, Writable } from 'node:stream';
import { run } from '../run.js';

/** What a command line did. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, its output collected. */
export const entrgi = async (
  argv: readonly string[],
  {
    env = {},
    signal = new AbortController().signal,
    stdin,
  }: { env?: Record<string, string>; signal?: AbortSignal; stdin?: string | Uint8Array } = {},
): Promise<Outcome> => {
  const stdout = new Collector();
  const stderr = new Collector();
  // What is piped in, or a keyboard that nobody sits at.
  const input = Object.assign(Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]), {
    isTTY: stdin === undefined,
  });
  const status = await run(argv, { stdin: input, stdout, stderr, env, signal });
  return { status, stdout: stdout.text, stderr: stderr.text };
};

/** A stream that keeps what is written to it. */
export class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
