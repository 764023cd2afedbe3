import { methodNames } from 'entrgi';
import { expect, test } from 'vitest';
import type { Context } from '../process/context.js';
import { generateCommand } from './generate.js';

test('the methods that are listed before the libraries are loaded are those of the libraries', () => {
  const { options } = generateCommand({} as Context);
  expect(options.find(({ long }) => long === '--method')?.argChoices).toEqual(methodNames);
});
