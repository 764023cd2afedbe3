import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  compositeReward,
  denoiserDirectory,
  generate,
  judgeDirectory,
  loadDenoiser,
  loadReward,
  moodDirectory,
  nodeBackend,
  openings,
  rewardDirectory,
} from 'entrgi';
import { demoSettings } from 'entrgi/internal';
import { mean } from '../measure/statistics.js';
import { type MethodRecord, readRecords } from './method-record.js';

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
  const [denoiser, sense, mood, judge] = await Promise.all([
    loadDenoiser(denoiserDirectory, { backend }),
    loadReward(rewardDirectory, { backend }),
    loadReward(moodDirectory, { backend }),
    loadReward(judgeDirectory, { backend }),
  ]);
  const reward = compositeReward([
    { reward: sense, weight: 1 },
    { reward: mood, weight: 1 },
  ]);
  const done = new Set(
    readRecords(file).map((record) => `${record.method} ${record.seed} ${record.opening}`),
  );
  mkdirSync(dirname(file), { recursive: true });
  // Both methods of an opening beside each other: a run that is cut short is still a fair comparison.
  for (const [opening, text] of openings.slice(0, options.openings).entries())
    for (const method of methods) {
      if (done.has(`${method} ${seed} ${opening}`)) continue;
      const prompt = `Complete this story: ${text}`;
      const written = await generate({ ...demoSettings, method, denoiser, reward, prompt, seed });
      const logits = await judge.score(
        prompt,
        written.trajectories.map((trajectory) => trajectory.text),
      );
      const record: DemoRecord = {
        method,
        seed,
        opening,
        top1: written.reward,
        avg: written.avg,
        judge: mean(Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit)))),
        milliseconds: Math.round(written.timings.totalMs),
        best: written.text,
      };
      appendFileSync(file, `${JSON.stringify(record)}\n`);
      onRecord(record);
    }
  for (const owned of [sense, mood, judge, denoiser, backend]) await owned.dispose();
}
