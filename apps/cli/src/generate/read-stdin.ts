import { addAbortSignal } from 'node:stream';
import { InvalidArgumentError } from '@entrgi/core';
import { SIZE_LIMIT } from '@entrgi/onnx/node';
import type { Context } from '../process/context.js';

/** What errors call it. */
export const stdinName = 'standard input';

/** All bytes of standard input; whoever types them is told what is waited for. Throws InvalidArgumentError above 256 MB, and where it is aborted. */
export const readStdin = async ({ stdin, stderr, signal }: Context, what: string): Promise<Uint8Array> => {
  if (stdin.isTTY) stderr.write(`entrgi: reading ${what}; end it with Ctrl-D.\n`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of addAbortSignal(signal, stdin) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > SIZE_LIMIT) {
      throw new InvalidArgumentError(`${stdinName}: expected at most ${SIZE_LIMIT} bytes, got more.`, {
        value: size,
      });
    }
  }
  return Buffer.concat(chunks);
};
