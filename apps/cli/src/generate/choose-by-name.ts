import { InvalidArgumentError } from '@entrgi/core';

/** The member of a namespace by its name. Throws InvalidArgumentError that lists all names. */
export const chooseByName = <T>(option: string, name: string, namespace: Readonly<Record<string, T>>): T => {
  if (Object.hasOwn(namespace, name)) return namespace[name]!;
  throw unknownName(option, name, Object.keys(namespace));
};

export const unknownName = (option: string, name: string, names: readonly string[]): InvalidArgumentError =>
  new InvalidArgumentError(`${option}: expected one of ${names.join(', ')}, got '${name}'.`, { value: name });
