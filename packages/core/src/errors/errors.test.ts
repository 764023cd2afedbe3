import { expect, test, vi } from 'vitest';
import * as errors from './errors.js';

const { BackendError, EntrgiError, InvalidArgumentError, NumericalError } = errors;
const classes = Object.entries(errors).filter(([name]) => name !== 'EntrgiError') as [
  string,
  typeof BackendError,
][];

test.each(classes)('%s knows its own, and no other', (name, Kind) => {
  const error: unknown = new Kind('Something.', { value: 1 });
  expect(error).toMatchObject({ name, code: Kind.code, value: 1 });
  expect(EntrgiError.isInstance(error)).toBe(true);
  expect(classes.filter(([, Other]) => Other.isInstance(error)).map(([own]) => own)).toEqual([name]);
});

test('errors of another copy of the package are known', async () => {
  vi.resetModules();
  const copy = await import('./errors.js');
  const error: unknown = new copy.BackendError('Missing.', { hint: 'Install it.' });
  expect(error).not.toBeInstanceOf(BackendError);
  expect(BackendError.isInstance(error)).toBe(true);
  expect(EntrgiError.isInstance(error)).toBe(true);
  expect(NumericalError.isInstance(error)).toBe(false);
});

test.each([undefined, null, 'backend', new Error('backend'), { code: 'backend' }])('%s is none', (value) => {
  expect(EntrgiError.isInstance(value)).toBe(false);
  expect(BackendError.isInstance(value)).toBe(false);
});

test('the argument at fault is named, where there is one', () => {
  expect(new InvalidArgumentError('steps: no.', { argument: 'steps' }).argument).toBe('steps');
  expect(new BackendError('Gone.').argument).toBeUndefined();
  expect(Object.keys(new BackendError('Gone.'))).not.toContain('Symbol(@entrgi/error)');
});
