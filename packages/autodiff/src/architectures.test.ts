import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type ExportedArchitecture, type Verdict, verdictOf } from './testing/exported-architecture.js';

/** A Python with what export-architectures.py needs. */
const python = process.env.ENTRGI_PYTHON ?? 'python3';
/** Where the exports are kept from run to run. */
const folder = process.env.ENTRGI_ARCHITECTURES ?? join(tmpdir(), 'entrgi-architectures');
/** Only the exports whose name contains this. */
const only = process.env.ENTRGI_ONLY ?? '';

const imports = 'import torch, transformers, onnx, onnxscript, onnxruntime';
const missing =
  process.env.ENTRGI_SLOW !== '1'
    ? 'ENTRGI_SLOW=1 is not set'
    : spawnSync(python, ['-c', imports]).status === 0
      ? undefined
      : `'${python}' has not all of: ${imports} (ENTRGI_PYTHON names another)`;

if (missing === undefined) {
  const script = fileURLToPath(new URL('../fixtures/export-architectures.py', import.meta.url));
  mkdirSync(folder, { recursive: true });
  execFileSync(python, [script, folder, only], { stdio: ['ignore', 'inherit', 'ignore'] });
}

const exported = (missing === undefined ? readdirSync(folder) : [])
  .filter((file) => file.endsWith('.json') && file.includes(only))
  .map((file) => ({
    name: file.slice(0, -5),
    expected: JSON.parse(readFileSync(join(folder, file), 'utf8')) as ExportedArchitecture,
  }));

const models = exported
  .filter(({ expected }) => expected.failed === undefined)
  .flatMap(({ name, expected }) =>
    ['', '.extended', '.all'].map((level) => ({
      model: `${name}${level}`,
      expected,
      path: join(folder, `${name}${level}.onnx`),
    })),
  )
  .filter(({ path }) => existsSync(path));

describe.skipIf(missing !== undefined)(
  `architectures × exporters × opsets × optimizer${missing ? `: skipped, ${missing}` : ''}`,
  () => {
    const verdicts = new Map<string, Verdict>();

    it.each(models.length > 0 ? models : [{ model: 'none', path: '', expected: undefined as never }])(
      '$model: right, or refused with a typed error',
      async ({ model, path, expected }) => {
        const verdict = await verdictOf(path, expected);
        verdicts.set(model, verdict);
        expect(verdict.kind, verdict.what).not.toBe('wrong');
      },
      120_000,
    );

    afterAll(() => {
      const count = (kind: Verdict['kind']) =>
        [...verdicts.values()].filter((verdict) => verdict.kind === kind).length;
      const lines = [
        ...[...verdicts].map(([model, { kind, what }]) => `${model.padEnd(36)} ${kind.padEnd(8)} ${what}`),
        ...exported.flatMap(({ name, expected: { failed } }) =>
          failed === undefined ? [] : [`${name.padEnd(36)} torch cannot: ${failed.split('\n')[0]}`],
        ),
        `${count('right')} right, ${count('refused')} refused, ${count('wrong')} wrong`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    });
  },
);
