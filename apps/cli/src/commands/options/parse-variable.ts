import { InvalidArgumentError } from 'commander';

/** NAME=JSON on the command line, added to those before it. */
export const parseVariable = (
  text: string,
  before: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => {
  const [, name, json] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || json === undefined) throw new InvalidArgumentError('expected NAME=JSON');
  try {
    return { ...before, [name]: JSON.parse(json) };
  } catch {
    throw new InvalidArgumentError(
      `expected JSON behind ${name}=, such as ${name}=false or ${name}='"text"'`,
    );
  }
};
