import { mkdir, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { EntrgiError } from '@entrgi/core';
import { type FindingKind, type HostileCase, HostileFinding } from './hostile-case.js';

/** What a case came to: how long it took, and what is wrong with how it ended. */
export interface Attempt {
  readonly milliseconds: number;
  readonly accepted: boolean;
  readonly finding?: { readonly kind: FindingKind; readonly what: string };
}

/** Runs a case in a folder of its own, which must not be there yet. */
export const attemptCase = async (one: HostileCase, folder: string): Promise<Attempt> => {
  await mkdir(folder, { recursive: true });
  await one.prepare?.(folder);
  const before = new Set(await below(folder));
  const start = performance.now();
  const error = await one.run(folder).then(
    () => undefined,
    (thrown: unknown) => thrown ?? new Error('nothing was thrown'),
  );
  const milliseconds = performance.now() - start;
  const accepted = error === undefined;
  const found = (kind: FindingKind, what: string): Attempt => ({
    milliseconds,
    accepted,
    finding: { kind, what },
  });
  if (error instanceof HostileFinding) return found(error.kind, error.message);
  if (error !== undefined && !(error instanceof EntrgiError)) return found('untyped', stackOf(error));
  const left = (await below(folder)).filter((file) => !before.has(file) && one.leaves?.test(file) !== true);
  if (left.length > 0) return found('left behind', left.join(', '));
  if (accepted && one.expected === 'refused') return found('wrong accept', 'it was accepted');
  if (!accepted && one.expected === 'works') return found('wrong refusal', (error as EntrgiError).message);
  return { milliseconds, accepted };
};

const below = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true, recursive: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

const stackOf = (error: unknown): string =>
  (error instanceof Error ? (error.stack ?? String(error)) : String(error))
    .split('\n')
    .slice(0, 5)
    .join(' | ')
    .slice(0, 2000);
