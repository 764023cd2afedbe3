// A process that tries cases of one group, one after the other: what it dies of is the finding of its parent.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { attemptCase } from './attempt-case.js';
import { caseOf } from './case-of.js';
import * as groups from './groups/index.js';
import type { HostileGroup } from './hostile-case.js';

const [name, seed, root] = process.argv.slice(2) as [string, string, string];
const group = (groups as Readonly<Record<string, HostileGroup>>)[name]!;

process.on('message', async (index: number) => {
  const one = caseOf(group, Number(seed), index);
  const folder = join(root, `case-${index}`);
  await rm(folder, { recursive: true, force: true });
  process.send!(await attemptCase(one, folder));
});
process.send!('ready');
