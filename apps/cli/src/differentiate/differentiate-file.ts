import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { differentiate } from '@entrgi/autodiff';
import { InvalidArgumentError } from '@entrgi/core';
import { encodeModel } from '@entrgi/onnx';
import { writeModelFile } from '@entrgi/onnx/node';
import { readModel } from '../models/read-model.js';
import type { Context } from '../process/context.js';
import { withoutControls } from '../process/without-controls.js';
import { moveExternalData } from './move-external-data.js';

export interface DifferentiateOptions {
  readonly model: string;
  readonly of: string;
  readonly index?: number | undefined;
  readonly wrt: string;
  /** A path, or `-` for standard output, where external data are named as from the working directory. */
  readonly output: string;
}

/** Writes the model with its gradient; nothing is written unless all of it worked. */
export const differentiateFile = async (options: DifferentiateOptions, context: Context): Promise<void> => {
  const { model, of, index, wrt, output } = options;
  const { stdout, signal } = context;
  if (output === '-' && stdout.isTTY) throw wrongOutput('a file or a pipe', 'the terminal');
  const [from, to] = await Promise.all([model, output].map((file) => realpath(dirname(file))));
  if (output !== '-' && join(from!, basename(model)) === join(to!, basename(output))) {
    throw wrongOutput('another file than the model itself', output);
  }
  const source = await readModel(model);
  const gradient = differentiate(source, { of, wrt, ...(index === undefined ? {} : { index }) });
  const placed = moveExternalData(gradient, from!, to!);
  signal.throwIfAborted();
  if (output === '-') {
    stdout.write(encodeModel(placed));
    return;
  }
  await writeModelFile(output, placed);
  const { inputs, outputs } = placed.graph;
  stdout.write(
    withoutControls(
      `${resolve(output)}: from ${[...inputs.keys()].join(', ')} to ${[...outputs.keys()].join(', ')}\n`,
    ),
  );
};

const wrongOutput = (expected: string, got: string): InvalidArgumentError =>
  new InvalidArgumentError(`output: expected ${expected}, got ${got}.`, { value: got, argument: 'output' });
