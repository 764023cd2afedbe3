import { InvalidArgumentError } from '../errors/errors.js';
import { nearestName } from './nearest-name.js';
import { requireObject } from './require-that.js';

/** Throws InvalidArgumentError for a value that the option of that name does not take. */
// biome-ignore lint/suspicious/noExplicitAny: what comes in may be anything, whatever the check says that it expects
export type OptionCheck = (name: string, value: any) => void;

/**
 * Every option of a function, by its name, with a check of its values or `true` where the function itself
 * looks at them: TypeScript says where one is missing or is none.
 */
export type OptionNames<Options extends object> = Readonly<Record<keyof Options, true | OptionCheck>>;

/**
 * Throws InvalidArgumentError for an option that `of` does not have, naming the one that is most like it, as
 * ignored it would look as if it had been followed; and for a value that an option does not take. What is
 * undefined has not been said, and passes.
 */
export const requireKnownOptions = <Options extends object>(
  of: string,
  options: Options,
  known: OptionNames<Options>,
): void => {
  requireObject(of, options, 'an object of options');
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (Object.hasOwn(known, name)) {
      const check = known[name as keyof Options];
      if (check !== true) check(`${of}: ${name}`, value);
      continue;
    }
    const names = Object.keys(known);
    const like = nearestName(name, names);
    throw new InvalidArgumentError(`${of}: there is no option '${name}'.`, {
      value: name,
      argument: name,
      hint: like === undefined ? `Its options are ${names.join(', ')}.` : `Is '${like}' meant?`,
    });
  }
};
