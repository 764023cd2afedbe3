/** A part of a JSON schema, as far as evaluation.schema.json makes use of it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly examples?: readonly unknown[];
}

/** What a schema wants, in words: `a whole number of at least 1, or text`. */
export const wanted = (schema: Schema): string => {
  if (schema.anyOf !== undefined) return schema.anyOf.map(wanted).join(', or ');
  if (schema.enum !== undefined) return `one of ${schema.enum.join(', ')}`;
  const types = [schema.type ?? []].flat();
  return types.map((type) => kinds[type]?.(schema) ?? type).join(', or ');
};

const kinds: Readonly<Record<string, (schema: Schema) => string>> = {
  boolean: () => 'true or false',
  null: () => 'null',
  integer: (schema) => `a whole number${range(schema)}`,
  number: (schema) => `a number${range(schema)}`,
  string: ({ minLength = 0, examples }) =>
    examples === undefined ? `${minLength > 0 ? 'some ' : ''}text` : `text such as ${examples.join(' or ')}`,
  array: ({ minItems = 0, items }) =>
    `a list${minItems > 0 ? ' of at least one' : ''}${items === undefined ? '' : `, each ${wanted(items)}`}`,
  object: ({ properties }) =>
    properties === undefined ? 'an object' : `an object with ${Object.keys(properties).join(', ')}`,
};

const range = ({ minimum, exclusiveMinimum }: Schema): string => {
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`;
};
