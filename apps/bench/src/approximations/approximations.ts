import { nodeBackend } from '@entrgi/backend-node';
import { type Denoiser, optimizers, rewardGuidance } from '@entrgi/core';
import { loadDenoiser } from '@entrgi/models';
import { loadReward } from '@entrgi/rewards';
import { bestOfN, type SampleOptions, sample } from '@entrgi/samplers';
import { denoiserDirectory, openings, rewardDirectory } from '@entrgi/tiny-stories';
import { appendRecord, readRecords } from '../measure/records.js';
import { mean } from '../measure/statistics.js';
import type { MethodRecord } from './method-record.js';
import { methodTable } from './method-table.js';

/** What the sampler may do otherwise than exactly, by the name that tables give it. */
export const variants: Readonly<Record<string, Partial<SampleOptions>>> = {
  exact: {},
  'threshold 0.9': { confidenceThreshold: 0.9 },
  'threshold 0.7': { confidenceThreshold: 0.7 },
  'threshold 0.5': { confidenceThreshold: 0.5 },
  'blocks of 16': { blockLength: 16 },
  'blocks of 16, cached': { blockLength: 16, cacheBlocks: true },
  'blocks of 16, threshold 0.7': { blockLength: 16, confidenceThreshold: 0.7 },
};

/** One prompt under one variant: `method` is `bon, VARIANT` or `entrgi, VARIANT`. */
export interface ApproximationRecord extends MethodRecord {
  /** Whole sequences, and tokens, that went through the denoiser. */
  readonly sequences: number;
  readonly tokens: number;
}

export interface ApproximationOptions {
  /** JSONL, one record per line; what is there already is not run again. */
  readonly file: string;
  readonly openings: number;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly onRecord: (record: ApproximationRecord) => void;
}

const settings = { trajectories: 4, steps: 64, maxNewTokens: 64, temperature: 0.7 };

/** Runs every variant, unguided and guided, on the embedded models, resumably, and appends a record for each opening. */
export async function runApproximations(options: ApproximationOptions): Promise<void> {
  const { file, seed, threads, onRecord } = options;
  const backend = nodeBackend(threads === undefined ? {} : { threads });
  const [inner, reward] = await Promise.all([
    loadDenoiser(denoiserDirectory, { backend }),
    loadReward(rewardDirectory, { backend }),
  ]);
  const spent = { sequences: 0, tokens: 0 };
  const denoiser: Denoiser = {
    ...inner,
    logits(request) {
      spent.sequences += request.batch;
      spent.tokens += request.tokenIds.length;
      return inner.logits(request);
    },
    async openBlock(request) {
      spent.sequences += request.batch;
      spent.tokens += request.tokenIds.length;
      const block = await inner.openBlock!(request);
      return {
        logits(given) {
          // A block's pass is no whole sequence.
          spent.tokens += given.tokenIds.length;
          return block.logits(given);
        },
      };
    },
  };
  const guidance = rewardGuidance({ reward, optimizer: optimizers.adam(0.5), guidanceSteps: 3 });
  const done = new Set(
    readRecords<MethodRecord>(file).map(({ method, seed, opening }) => `${method} ${seed} ${opening}`),
  );
  for (let opening = 0; opening < options.openings; opening++) {
    for (const [variant, approximation] of Object.entries(variants)) {
      for (const [name, guide] of Object.entries({ bon: undefined, entrgi: guidance })) {
        const method = `${name}, ${variant}`;
        if (done.has(`${method} ${seed} ${opening}`)) continue;
        const prompt = `Complete this story: ${openings[opening]}`;
        Object.assign(spent, { sequences: 0, tokens: 0 });
        const start = performance.now();
        const events = sample({
          denoiser,
          prompts: [prompt],
          guidance: guide,
          seed,
          ...settings,
          ...approximation,
        });
        for await (const event of events) {
          if (event.type !== 'prompt-end') continue;
          const milliseconds = Math.round(performance.now() - start);
          const texts = event.trajectories.map(({ text }) => text);
          const { top1, avg, best } = await bestOfN({ reward, prompt, texts });
          const record = { method, seed, opening, top1, avg, milliseconds, best: best.text, ...spent };
          appendRecord(file, record);
          onRecord(record);
        }
      }
    }
  }
  await backend.dispose();
}

/** For unguided and guided sampling: rewards of each variant beside the exact one's, and what went through the denoiser for an opening. */
export const approximationTable = (records: readonly ApproximationRecord[]): string =>
  ['bon', 'entrgi']
    .map((name) => {
      const own = records
        .filter(({ method }) => method.startsWith(`${name}, `))
        .map((record) => ({ ...record, method: record.method.slice(name.length + 2) }));
      const spent = [...new Set(own.map(({ method }) => method))].map((method) => {
        const of = own.filter((record) => record.method === method);
        const per = (what: 'sequences' | 'tokens') => Math.round(mean(of.map((record) => record[what])));
        return `| ${method} | ${per('sequences')} | ${per('tokens')} |`;
      });
      const head = ['| method | sequences | tokens |', '|---|---|---|'];
      return [`${name}: ${methodTable(own, 'exact')}`, '', ...head, ...spent].join('\n');
    })
    .join('\n\n');
