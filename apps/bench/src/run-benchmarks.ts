import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine, Section, SectionSettings } from './cases/section.js';
import { machine } from './measure/machine.js';
import { markdown } from './results/markdown.js';
import type { CaseResult, Report } from './results/results.js';
import { runCase } from './results/run-case.js';
import * as sections from './sections/index.js';
import { findPython, type Python } from './sides/find-python.js';
import { type SideProcess, sideProcess } from './sides/side-process.js';

export type SectionName = keyof typeof sections;

const sectionOf: Readonly<Record<SectionName, Section>> = sections;

export interface BenchmarkOptions extends SectionSettings {
  readonly sections: readonly SectionName[];
  readonly rounds: number;
  /** Python for the PyTorch side. */
  readonly python: string;
  /** Folder of results.json and results.md, written anew after each case. */
  readonly out: string;
}

const REFERENCE = fileURLToPath(new URL('../python/reference.py', import.meta.url));

/** Runs sections, case by case, and keeps what is found on disk as it comes. */
export const runBenchmarks = async (options: BenchmarkOptions): Promise<Report> => {
  const log = (text: string) => process.stderr.write(`${text}\n`);
  const python = await findPython(options.python);
  log(python === undefined ? `${options.python}: PyTorch not found` : `PyTorch ${python.versions.torch}`);
  const { cache: _, out, ...settings } = options;
  const cases: CaseResult[] = [];
  const report: Report = {
    started: new Date().toISOString(),
    machine: { ...machine(), ...python?.versions },
    settings: { ...settings, python: python === undefined ? 'PyTorch not found' : 'PyTorch' },
    cases,
  };
  mkdirSync(out, { recursive: true });
  for (const section of options.sections) {
    for await (const work of sectionOf[section](options)) {
      log(`${section}: ${Object.entries(work.parameters).flat().join(' ')}`);
      const { rounds } = options;
      cases.push(await runCase(work, { section, rounds, start: starter(python), log }));
      writeFileSync(join(out, 'results.json'), `${JSON.stringify(report, null, 2)}\n`);
      writeFileSync(join(out, 'results.md'), markdown(report));
    }
  }
  return report;
};

const starter =
  (python: Python | undefined) =>
  (engine: Engine): SideProcess | undefined => {
    if (engine === 'entrgi') return sideProcess(process.execPath, ['--expose-gc', process.argv[1]!, 'side']);
    return python === undefined ? undefined : sideProcess(python.path, [REFERENCE]);
  };
