import type { OptionNames } from './require-known-options.js';

/** Of options that several functions share out among them, those of one. */
export const pickOptions = <Options extends object>(options: Options, names: OptionNames<Options>): Options =>
  Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(names, name))) as Options;
