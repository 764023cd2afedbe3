import { expect, it } from 'vitest';
import { InvalidArgumentError } from '../errors/errors.js';
import { nearestName } from './nearest-name.js';
import { type OptionNames, requireKnownOptions } from './require-known-options.js';
import { requireWhole } from './require-that.js';

interface Options {
  readonly threads?: number | undefined;
  readonly label?: string;
}

const known: OptionNames<Options> = { threads: true, label: true };
const check = (options: object) => requireKnownOptions('loadThing', options, known);

it('takes the options that there are, and what is undefined', () => {
  check({});
  check({ threads: 2, label: 'good' });
  check({ thread: undefined });
});

it('refuses another, and names the one that is most like it', () => {
  expect(() => check({ thread: 2 })).toThrow(InvalidArgumentError);
  expect(() => check({ thread: 2 })).toThrow("loadThing: there is no option 'thread'. Is 'threads' meant?");
  expect(() => check({ Label: 2 })).toThrow("Is 'label' meant?");
  expect(() => check({ constructor: 2 })).toThrow(
    "there is no option 'constructor'. Its options are threads, label.",
  );
});

it('finds the name that takes the fewest edits, or none that is far', () => {
  expect(nearestName('kitten', ['sitting', 'mittens'])).toBe('mittens');
  expect(nearestName('thraeds', ['label', 'threads'])).toBe('threads');
  expect(nearestName('backend', ['label', 'threads'])).toBeUndefined();
  expect(nearestName('', ['a'])).toBeUndefined();
  expect(nearestName('x'.repeat(1_000_000), ['label'])).toBeUndefined();
});

it('looks at values too, where there is a check, but for those that have not been said', () => {
  const checks: OptionNames<Options> = {
    threads: (name, value) => requireWhole(name, value, 1),
    label: true,
  };
  const check = (options: object) => requireKnownOptions('loadThing', options, checks);
  check({ threads: 2, label: 5 });
  check({ threads: undefined });
  expect(() => check({ threads: null })).toThrow(InvalidArgumentError);
  expect(() => check({ threads: 0 })).toThrow(
    'loadThing: threads: expected a whole number of at least 1, got 0.',
  );
});

it.each([[null], ['threads'], [undefined]])('%j is no object of options', (options) => {
  const failure = () => requireKnownOptions('loadThing', options as never, known);
  expect(failure).toThrow(InvalidArgumentError);
  expect(failure).toThrow(`loadThing: expected an object of options, got ${options}.`);
});
