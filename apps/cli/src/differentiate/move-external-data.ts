import { isAbsolute, join, relative, sep } from 'node:path';
import { InvalidArgumentError } from '@entrgi/core';
import type { Initializer, Model } from '@entrgi/onnx';

/**
 * The model with its external data referenced from another folder; the data stay where they are.
 * Throws InvalidArgumentError where they lie outside that folder, which ONNX runtimes refuse.
 */
export const moveExternalData = (model: Model, from: string, to: string): Model => {
  const moved = (initializer: Initializer): Initializer => {
    if (initializer.external === undefined) return initializer;
    const path = relative(to, join(from, initializer.external.location));
    if (path.split(sep)[0] === '..' || isAbsolute(path)) {
      throw new InvalidArgumentError(
        `output: expected a folder that holds the model's external data, got ${to} (data in ${join(from, initializer.external.location)}).`,
        { value: to, argument: 'output', hint: `Write into ${from}, or into a folder above it.` },
      );
    }
    return { ...initializer, external: { ...initializer.external, location: path.split(sep).join('/') } };
  };
  const initializers = new Map([...model.graph.initializers].map(([name, value]) => [name, moved(value)]));
  return { ...model, graph: { ...model.graph, initializers } };
};
