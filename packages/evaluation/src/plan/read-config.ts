import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, NotFoundError } from '@entrgi/core';
import { nearestName } from '@entrgi/core/internal';
import { strictJson } from '@entrgi/models/internal';
import type { ErrorObject } from 'ajv';
import { packageFile } from '../package-file.js';
import type { EvaluationOptions } from './evaluation-options.js';

/** An evaluation as a file says it: the options, and where and how it runs. */
export interface EvaluationConfig extends Partial<EvaluationOptions> {
  readonly out?: string | undefined;
  readonly workers?: number | undefined;
  readonly shard?: string | undefined;
  readonly queue?: string | undefined;
  readonly skipMalformed?: boolean | undefined;
  readonly skipLong?: boolean | undefined;
}

/**
 * Reads an evaluation from a JSON file, as evaluation.schema.json of this package has it.
 * @throws NotFoundError, and InvalidArgumentError naming what is wrong
 */
export const readConfig = async (path: string): Promise<EvaluationConfig> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    throw new NotFoundError(`${path}: there is no such file.`, { value: path, cause });
  });
  let config: unknown;
  try {
    config = strictJson(text);
  } catch (cause) {
    throw new InvalidArgumentError(`${path}: expected JSON (${(cause as Error).message}).`, {
      value: text,
      cause,
    });
  }
  const { Ajv } = await import('ajv');
  const validate = new Ajv({ allowUnionTypes: true }).compile(
    packageFile('evaluation.schema.json') as object,
  );
  if (!validate(config)) throw schemaError(path, validate.errors![0]!);
  const { $schema: _, ...options } = config as { readonly $schema?: string };
  return options;
};

const schemaError = (
  path: string,
  { instancePath, keyword, params, message, schemaPath }: ErrorObject,
): Error => {
  const place = instancePath.slice(1).replaceAll('/', '.');
  if (keyword !== 'additionalProperties') {
    const allowed = 'allowedValues' in params ? `: ${params.allowedValues.join(', ')}` : '';
    return new InvalidArgumentError(`${path}: ${place === '' ? 'the file' : place} ${message}${allowed}.`, {
      value: place,
      argument: place,
    });
  }
  const name: string = params.additionalProperty;
  const names = namesAt(schemaPath);
  const like = nearestName(name, names);
  return new InvalidArgumentError(
    `${path}: there is no option '${place === '' ? '' : `${place}.`}${name}'.`,
    {
      value: name,
      argument: name,
      hint: like === undefined ? `Its options are ${names.join(', ')}.` : `Is '${like}' meant?`,
    },
  );
};

/**
 * The names that may stand where one that may not stood: a path such as
 * #/properties/dtype/anyOf/1/additionalProperties.
 */
const namesAt = (schemaPath: string): string[] => {
  let schema = packageFile('evaluation.schema.json') as Record<string, unknown>;
  for (const key of schemaPath.split('/').slice(1, -1)) schema = schema[key] as Record<string, unknown>;
  return Object.keys(schema.properties as object).filter((name) => name !== '$schema');
};
