import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, NotFoundError } from '@entrgi/core';
import { lazily, nearestName } from '@entrgi/core/internal';
import { parseTemplateDate, strictJson } from '@entrgi/models/internal';
import type { ErrorObject } from 'ajv';
import { clipped } from '../data/example.js';
import { packageFile } from '../package-file.js';
import type { EvaluationOptions } from './evaluation-options.js';
import { type Schema, wanted } from './wanted.js';

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
  const validate = await validation.get();
  if (!validate(config)) throw schemaError(path, validate.schema as Schema, validate.errors!);
  const {
    $schema: _,
    templateDate,
    ...options
  } = config as {
    readonly $schema?: string;
    readonly templateDate?: string;
  };
  return templateDate === undefined ? options : { ...options, templateDate: dateOf(path, templateDate) };
};

/** JSON has no dates, and the schema cannot tell the 30th of February from one. */
const dateOf = (path: string, text: string): Date => {
  const date = parseTemplateDate(text);
  if (date !== undefined) return date;
  throw new InvalidArgumentError(`${path}: templateDate: expected a date that there is, got "${text}".`, {
    value: text,
  });
};

const validation = lazily(async () => {
  const { Ajv } = await import('ajv');
  // Verbose: errors have the value at fault.
  return new Ajv({ allowUnionTypes: true, verbose: true }).compile(
    packageFile('evaluation.schema.json') as object,
  );
});

/** Without `argument`: a command line would speak of its own option, where the file is at fault. */
const schemaError = (path: string, whole: Schema, errors: readonly ErrorObject[]): Error => {
  // Of something that may be of several kinds, what is wrong within it says more than that it is none of them.
  const deepest = Math.max(...errors.map(({ instancePath }) => instancePath.length));
  const error =
    errors.find(({ keyword }) => keyword === 'additionalProperties') ??
    errors.find(({ instancePath }) => instancePath.length === deepest)!;
  const place = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword !== 'additionalProperties') {
    const [name, expected] =
      place === '' ? ['the file', 'an object'] : [place, wanted(schemaAt(whole, error.instancePath))];
    return new InvalidArgumentError(`${path}: ${name}: expected ${expected}, got ${clipped(error.data)}.`, {
      value: error.data,
    });
  }
  const name: string = error.params.additionalProperty;
  const names = Object.keys((error.parentSchema as Schema).properties!).filter((each) => each !== '$schema');
  const like = nearestName(name, names);
  return new InvalidArgumentError(
    `${path}: there is no option '${place === '' ? '' : `${place}.`}${name}'.`,
    {
      value: name,
      hint: like === undefined ? `Its options are ${names.join(', ')}.` : `Is '${like}' meant?`,
    },
  );
};

/** What may stand at a place of the file, such as /seeds/0. */
const schemaAt = (whole: Schema, instancePath: string): Schema =>
  instancePath
    .split('/')
    .slice(1)
    .reduce<Schema>((schema, name) => {
      const inner = [schema, ...(schema.anyOf ?? [])].find((each) => each.properties?.[name] ?? each.items);
      return (inner?.properties?.[name] ?? inner?.items)!;
    }, whole);
