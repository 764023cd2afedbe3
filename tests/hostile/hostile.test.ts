import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from '@entrgi/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptCase } from './attempt-case.js';
import { caseOf } from './case-of.js';
import * as groups from './groups/index.js';
import { type HostileCase, HostileFinding, type HostileGroup } from './hostile-case.js';

const known: Readonly<Record<string, HostileGroup>> = groups;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'entrgi-hostile-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** The first cases of each group; `npm run hostile` tries 2,200, in processes that may die. */
const short: Readonly<Partial<Record<keyof typeof groups, number>>> = {
  files: 18,
  onnx: 18,
  templates: 18,
  tokenizers: 16,
  texts: 13,
  numbers: 18,
  hub: 4,
};

describe.each(Object.entries(short))('%s', (name, count) => {
  const group = known[name]!;

  test(`${count} cases end well or in an EntrgiError, and leave nothing`, async () => {
    const findings: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const one = caseOf(group, 1, index);
      const { finding } = await attemptCase(one, join(root, `${name}-${index}`));
      if (finding !== undefined) findings.push(`${index} ${one.name}: ${finding.kind}: ${finding.what}`);
    }
    expect(findings).toEqual([]);
  }, 60_000);
});

test('the same number is the same case', () => {
  for (const group of Object.values(groups)) {
    for (let index = 0; index < 20; index += 1) {
      expect(caseOf(group, 7, index).name).toBe(caseOf(group, 7, index).name);
    }
  }
});

describe('what is wrong is found', () => {
  const refuse = async (): Promise<never> => {
    throw new InvalidArgumentError('No.');
  };
  const leave = async (folder: string): Promise<void> => {
    await writeFile(join(folder, 'left'), '');
  };
  const cases: [string, Pick<HostileCase, 'expected' | 'run' | 'leaves'>][] = [
    ['untyped', { expected: 'either', run: async () => (undefined as never as string[]).length }],
    ['wrong accept', { expected: 'refused', run: async () => {} }],
    ['wrong refusal', { expected: 'works', run: refuse }],
    ['left behind', { expected: 'either', run: leave }],
    ['hang', { expected: 'either', run: () => Promise.reject(new HostileFinding('hang', 'a case says so')) }],
  ];

  test.each(cases)('%s', async (kind, one) => {
    const { finding } = await attemptCase({ name: kind, ...one }, join(root, kind));
    expect(finding?.kind).toBe(kind);
  });

  test('nothing where all is well', async () => {
    for (const [name, one] of Object.entries<Pick<HostileCase, 'expected' | 'run' | 'leaves'>>({
      refused: { expected: 'refused', run: refuse },
      worked: { expected: 'works', run: async () => {} },
      left: { expected: 'works', run: leave, leaves: /^left$/ },
    })) {
      expect((await attemptCase({ name, ...one }, join(root, name))).finding).toBeUndefined();
    }
  });
});
