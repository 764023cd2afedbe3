import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { differentiate } from '@entrgi/autodiff';
import { InvalidArgumentError } from '@entrgi/core';
import { writeModelFile } from '@entrgi/onnx/node';
import type { Context } from '../context.js';
import { withoutControls } from '../display/without-controls.js';
import { readModel } from '../read-model.js';
import { moveExternalData } from './move-external-data.js';

export interface DifferentiateOptions {
  readonly model: string;
  readonly of: string;
  readonly index?: number | undefined;
  readonly wrt: string;
  readonly output: string;
}

/** Writes the model with its gradient; nothing is written unless all of it worked. */
export const differentiateFile = async (options: DifferentiateOptions, context: Context): Promise<void> => {
  const { model, of, index, wrt, output } = options;
  const [from, to] = await Promise.all([model, output].map((file) => realpath(dirname(file))));
  if (join(from!, basename(model)) === join(to!, basename(output))) {
    throw new InvalidArgumentError(`--output: expected another file than the model itself, got ${output}.`, {
      value: output,
    });
  }
  const source = await readModel(model);
  const gradient = differentiate(source, { of, wrt, ...(index === undefined ? {} : { index }) });
  const placed = moveExternalData(gradient, from!, to!);
  context.signal.throwIfAborted();
  await writeModelFile(output, placed);
  const { inputs, outputs } = placed.graph;
  context.stdout.write(
    withoutControls(
      `${resolve(output)}: from ${[...inputs.keys()].join(', ')} to ${[...outputs.keys()].join(', ')}\n`,
    ),
  );
};
