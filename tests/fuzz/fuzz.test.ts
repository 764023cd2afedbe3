import { EntrgiError } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { caseOf } from './case.js';
import type { Target } from './target.js';
import * as targets from './targets/index.js';

const known: Readonly<Record<string, Target>> = targets;
// biome-ignore lint/suspicious/noUndeclaredEnvVars: turbo does not run these tests
const count = process.env.ENTRGI_SLOW === '1' ? 20_000 : 200;

describe.each(Object.keys(known))('%s', (name) => {
  const target = known[name]!;

  test('takes the inputs that the mutations start from', async () => {
    for (const bytes of await target.inputs()) await target.attempt(bytes);
  });

  test('the same number gives the same bytes, and leaves the inputs alone', async () => {
    const [inputs, again] = [await target.inputs(), await target.inputs()];
    for (let index = 0; index < 50; index += 1) {
      expect(caseOf(target, inputs, 7, index)).toEqual(caseOf(target, again, 7, index));
    }
    expect(inputs).toEqual(await target.inputs());
  });

  test(`${count} mutations end well or in an EntrgiError`, async () => {
    const inputs = await target.inputs();
    for (let index = 0; index < count; index += 1) {
      try {
        await target.attempt(caseOf(target, inputs, 0, index));
      } catch (error) {
        if (!(error instanceof EntrgiError)) throw new Error(`case ${index}`, { cause: error });
      }
    }
  });
});
