import { InvalidArgumentError } from 'commander';

/** A whole number on the command line. Its range is checked later; text that is no number is wrong usage. */
export const parseInteger = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
};

/** A decimal number on the command line, such as 0.5 or 1e-3. */
export const parseDecimal = (text: string): number => {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text))
    throw new InvalidArgumentError('expected a number');
  return Number(text);
};
