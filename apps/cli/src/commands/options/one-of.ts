import { Option } from 'commander';

/** An option that has one of some values. Shells complete them; the library checks them, so that there is one check and one message. */
export const oneOf = (flags: string, description: string, values: Iterable<string>): Option => {
  const option = new Option(flags, description);
  option.argChoices = [...values];
  return option;
};
