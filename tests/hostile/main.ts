// npm run hostile -- [GROUP…] [--seed S] [--scale X] [--only INDEX]: see CONTRIBUTING.md.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as groups from './groups/index.js';
import type { HostileGroup } from './hostile-case.js';
import { type GroupResult, runGroup } from './run-group.js';

/** Cases of each group. */
const counts: Readonly<Record<keyof typeof groups, number>> = {
  files: 320,
  onnx: 360,
  templates: 360,
  tokenizers: 320,
  texts: 240,
  numbers: 360,
  signals: 100,
  hub: 140,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const known: Readonly<Record<string, HostileGroup>> = groups;
const chosen = positionals.length === 0 ? Object.keys(known) : positionals;
for (const name of chosen) {
  if (!Object.hasOwn(known, name)) {
    throw new Error(`Expected groups among ${Object.keys(known).join(', ')}, got ${name}.`);
  }
}
const seed = Number(values.seed);
const kept = resolve('.cache/hostile');
await mkdir(kept, { recursive: true });

const results: [string, GroupResult][] = [];
for (const name of chosen) {
  const root = await mkdtemp(join(tmpdir(), 'entrgi-hostile-'));
  await Promise.all(['tmp', 'home'].map((each) => mkdir(join(root, each))));
  const count = Math.ceil(counts[name as keyof typeof groups] * Number(values.scale));
  const indices =
    values.only === undefined ? Array.from({ length: count }, (_, i) => i) : [Number(values.only)];
  try {
    const result = await runGroup(known[name]!, { name, seed, indices, root, kept });
    results.push([name, result]);
    for (const { index, name: what, kind, what: how } of result.findings) {
      process.stdout.write(`${name} ${index}: ${kind}: ${what.slice(0, 300)}: ${how}\n`);
    }
    if (values.only === undefined) {
      await writeFile(join(kept, `${name}-${seed}.json`), `${JSON.stringify(result.findings, null, 1)}\n`);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const columns = [
  'cases',
  'accepted',
  'crash',
  'hang',
  'untyped',
  'left behind',
  'wrong accept',
  'wrong refusal',
];
const row = (name: string, cells: readonly (string | number)[]) =>
  `${name.padEnd(12)}${cells.map((cell, i) => String(cell).padStart(columns[i]!.length + 2)).join('')}\n`;
process.stdout.write(row('', columns));
for (const [name, { cases, accepted, findings }] of results) {
  const ofKind = columns.slice(2).map((kind) => findings.filter((each) => each.kind === kind).length);
  process.stdout.write(row(name, [cases, accepted, ...ofKind]));
}
process.exitCode = results.some(([, { findings }]) => findings.length > 0) ? 1 : 0;
