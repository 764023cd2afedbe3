import type { Feeds, KeptTensor, Tensor } from '../contracts/runtime/tensor.js';
import { InvalidArgumentError } from '../errors/errors.js';
import { arrayTypes } from './array-types.js';
import type { ValueInfo } from './runtime.js';

/**
 * Compares what a run is fed with what the model declares, before native code sees it.
 * @throws InvalidArgumentError
 */
export const checkFeeds = (model: string, inputs: readonly ValueInfo[], feeds: Feeds): void => {
  const names = inputs.map(({ name }) => name);
  for (const name of Object.keys(feeds)) {
    if (!names.includes(name)) throw wrong(model, `has no input '${name}'`, name, names);
  }
  for (const input of inputs) {
    const tensor = feeds[input.name];
    if (tensor === undefined || tensor === null)
      throw wrong(model, `needs the input '${input.name}'`, Object.keys(feeds), names);
    checkTensor(model, input, tensor);
  }
};

/** Throws InvalidArgumentError for an output that the model does not have. */
export const checkFetches = (
  model: string,
  outputs: readonly ValueInfo[],
  fetches: readonly string[],
): void => {
  const names = outputs.map(({ name }) => name);
  for (const name of fetches) {
    if (!names.includes(name)) throw wrong(model, `has no output '${name}'`, name, names);
  }
};

const checkTensor = (model: string, input: ValueInfo, tensor: Tensor | KeptTensor): void => {
  const { type, dims } = tensor;
  const complain = (expected: string, got: string) =>
    new InvalidArgumentError(`${model}: input '${input.name}': expected ${expected}, got ${got}.`, {
      value: { type, dims },
    });
  if (type !== input.type) throw complain(`elements of type ${input.type}`, String(type));
  if (!Array.isArray(dims)) throw complain('dims in an array', String(dims));
  const fits =
    dims.length === input.dims.length &&
    input.dims.every((size, i) => typeof size !== 'number' || size === dims[i]);
  if (!fits)
    throw complain(`dims [${input.dims.map((size) => size || '?').join(', ')}]`, `[${dims.join(', ')}]`);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw complain('dims that are whole numbers', `[${dims.join(', ')}]`);
  }
  if ('kept' in tensor) return;
  const { data } = tensor;
  const arrayType = type === 'string' ? Array : arrayTypes[type];
  if (!(data instanceof arrayType)) {
    throw complain(`data in a ${arrayType.name}`, Object.prototype.toString.call(data).slice(8, -1));
  }
  const elements = dims.reduce((product, size) => product * size, 1);
  const count = type === 'int4' || type === 'uint4' ? Math.ceil(elements / 2) : elements;
  if (data.length !== count) {
    throw complain(`${count} elements for dims [${dims.join(', ')}]`, String(data.length));
  }
};

const wrong = (model: string, what: string, value: unknown, names: readonly string[]) =>
  new InvalidArgumentError(`${model} ${what}.`, {
    value,
    hint: `It has ${names.map((name) => `'${name}'`).join(', ') || 'none'}.`,
  });
