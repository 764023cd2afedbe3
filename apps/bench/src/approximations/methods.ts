import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { nodeBackend } from '@entrgi/backend-node';
import { type Guidance, optimizers, relaxations, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { bestOfN, sample } from '@entrgi/samplers';
import { denoiserDirectory, openings, rewardDirectory } from '@entrgi/tiny-stories';

/** The settings of the command line, so that the table describes what users see. */
const settings = { trajectories: 4, steps: 64, maxNewTokens: 64, temperature: 0.7 };
const guided = { guidanceSteps: 3, learningRate: 0.5 };

/** One prompt under one method and seed. */
export interface MethodRecord {
  readonly method: string;
  readonly seed: number;
  readonly opening: number;
  readonly top1: number;
  readonly avg: number;
  readonly milliseconds: number;
  readonly best: string;
}

export interface MethodRun {
  readonly name: string;
  readonly trajectories: number;
  readonly guidance?: Guidance;
}

export interface MethodsOptions {
  /** JSONL, one record per line; what is there already is not run again. */
  readonly file: string;
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  readonly openings: number;
  readonly threads?: number | undefined;
  readonly onRecord: (record: MethodRecord) => void;
}

/** Runs methods × seeds × openings on the embedded models, resumably, and appends a record for each. */
export async function runMethods(options: MethodsOptions): Promise<void> {
  const backend = nodeBackend(options.threads === undefined ? {} : { threads: options.threads });
  const [denoiser, reward] = await Promise.all([
    loadDenoiser(denoiserDirectory, { backend }),
    loadReward(rewardDirectory, { backend }),
  ]);
  const guidance = (name: keyof typeof relaxations) =>
    rewardGuidance({
      reward,
      relaxation: relaxations[name],
      optimizer: optimizers.adam(guided.learningRate),
      guidanceSteps: guided.guidanceSteps,
    });
  const runs: MethodRun[] = [
    { name: 'base', trajectories: 1 },
    { name: 'bon', trajectories: settings.trajectories },
    // As many passes as guidance costs: see computeMatchedTrajectories.
    { name: 'bon-matched', trajectories: computeMatchedTrajectories },
    ...(Object.keys(relaxations) as (keyof typeof relaxations)[]).map((name) => ({
      name,
      trajectories: settings.trajectories,
      guidance: guidance(name),
    })),
  ];
  const done = new Set(
    readRecords(options.file).map(({ method, seed, opening }) => `${method} ${seed} ${opening}`),
  );
  mkdirSync(dirname(options.file), { recursive: true });
  // Seed by seed and opening by opening, all methods side by side: a run that is cut short is still a fair comparison.
  for (const seed of options.seeds) {
    for (let opening = 0; opening < options.openings; opening++) {
      for (const { name, trajectories, guidance } of runs) {
        if (!options.methods.includes(name) || done.has(`${name} ${seed} ${opening}`)) continue;
        const prompt = `Complete this story: ${openings[opening]}`;
        const start = performance.now();
        for await (const event of sample({
          denoiser,
          prompts: [prompt],
          guidance,
          ...settings,
          trajectories,
          seed,
        })) {
          if (event.type !== 'prompt-end') continue;
          const texts = event.trajectories.map(({ text }) => text);
          const { top1, avg, best } = await bestOfN({ reward, prompt, texts });
          const milliseconds = Math.round(performance.now() - start);
          const record: MethodRecord = {
            method: name,
            seed,
            opening,
            top1,
            avg,
            milliseconds,
            best: best.text,
          };
          appendFileSync(options.file, `${JSON.stringify(record)}\n`);
          options.onRecord(record);
        }
      }
    }
  }
  await reward.dispose();
  await denoiser.dispose();
  await backend.dispose();
}

/**
 * Guidance adds steps × guidanceSteps reward passes with gradient to each trajectory. Counted in floating-point operations of the embedded
 * models (denoiser 2.8 M and reward 0.8 M weights in matrix products; forward 1, forward and gradient 2.04), a guided trajectory costs
 * (2.8 + 3 · 2.04 · 0.8) / 2.8 = 2.75 times an unguided one: 11 unguided trajectories cost what 4 guided ones do.
 */
export const computeMatchedTrajectories = 11;

export const readRecords = (file: string): MethodRecord[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];
