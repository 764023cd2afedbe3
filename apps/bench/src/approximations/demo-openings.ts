import { generate, nodeBackend, openings } from 'entrgi';
import { demoSettings, loadDemoModels } from 'entrgi/internal';
import { appendRecord, readRecords } from '../measure/records.js';
import { mean } from '../measure/statistics.js';
import type { MethodRecord } from './method-record.js';

/** The two runs of the demo. */
const methods = ['bon', 'entrgi'] as const;

/** One opening as the demo writes it. */
export interface DemoRecord extends MethodRecord {
  /** The judge's probability that a person wrote it, mean of the responses. */
  readonly judge: number;
}

export interface DemoOpeningsOptions {
  /** JSONL, one record per line; what is there already is not run again. */
  readonly file: string;
  readonly openings: number;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly onRecord: (record: DemoRecord) => void;
}

/** What `entrgi demo` shows of one opening, of so many: its models, its settings, the sum of its two rewards. */
export async function runDemoOpenings(options: DemoOpeningsOptions): Promise<void> {
  const { file, seed, threads, onRecord } = options;
  const backend = nodeBackend(threads === undefined ? {} : { threads });
  const { denoiser, reward, judged } = await loadDemoModels(backend);
  const done = new Set(
    readRecords<DemoRecord>(file).map((record) => `${record.method} ${record.seed} ${record.opening}`),
  );
  // Both methods of an opening beside each other: a run that is cut short is still a fair comparison.
  for (const [opening, text] of openings.slice(0, options.openings).entries())
    for (const method of methods) {
      if (done.has(`${method} ${seed} ${opening}`)) continue;
      const prompt = `Complete this story: ${text}`;
      const written = await generate({ ...demoSettings, method, denoiser, reward, prompt, seed });
      const texts = written.trajectories.map((trajectory) => trajectory.text);
      const record: DemoRecord = {
        method,
        seed,
        opening,
        top1: written.reward,
        avg: written.avg,
        judge: mean(await judged(prompt, texts)),
        milliseconds: Math.round(written.timings.totalMs),
        best: written.text,
      };
      appendRecord(file, record);
      onRecord(record);
    }
  await backend.dispose();
}
