import { InvalidArgumentError } from '@entrgi/core';
import type { Model, Value } from '@entrgi/onnx';

/**
 * The output that holds a model's logits: the one that is asked for, else `logits`, else the only one.
 * @throws InvalidArgumentError that lists them
 */
export const chooseOutput = ({ graph }: Model, name: string, asked: string | undefined): Value => {
  const outputs = [...graph.outputs.keys()];
  const output =
    asked ?? (outputs.includes('logits') ? 'logits' : outputs.length === 1 ? outputs[0]! : undefined);
  if (output !== undefined && outputs.includes(output)) return output;
  throw new InvalidArgumentError(
    `${name}: output: expected the name of one, got ${asked === undefined ? 'none' : `'${asked}'`}.`,
    {
      value: asked,
      argument: 'output',
      hint: `It has ${outputs.map((each) => `'${each}'`).join(', ')}.`,
    },
  );
};
