import type { Disposable, Reward } from '@entrgi/core';
import { requireThat } from '@entrgi/core/internal';
import {
  type EndpointJudge,
  type Judge,
  type RatedResponse,
  readPairs,
  scoreResponses,
} from '@entrgi/evaluation';
import { judgeSpec, loadJudge } from '@entrgi/evaluation/internal';
import { readSmallFile } from '@entrgi/onnx/node';
import { chooseDisplay } from '../display/choose-display.js';
import { judgeCache } from '../evaluate/judge-cache.js';
import { readStdin, stdinName } from '../generate/read-stdin.js';
import { fetchingOf } from '../models/fetching.js';
import type { Context } from '../process/context.js';
import { withoutControls } from '../process/without-controls.js';
import { loadRating, type RatingOptions } from './load-rating.js';

/** `entrgi score` as parsed. */
export interface ScoreCommandOptions extends RatingOptions {
  readonly prompts: string;
  readonly judge?: string | undefined;
  readonly judgeLabel?: number | string | undefined;
  readonly judgeModel?: string | undefined;
  readonly judgeConcurrency?: number | undefined;
  readonly json: boolean;
}

/** Rates every response and prints each as it is rated. */
export const score = async (options: ScoreCommandOptions, context: Context): Promise<void> => {
  const { prompts, judge: judgeName, json } = options;
  const spec = judgeSpec({
    judge: judgeName,
    judgeLabel: options.judgeLabel,
    judgeModel: options.judgeModel,
    judgeOptions: { concurrency: options.judgeConcurrency, cacheDir: judgeCache(context) },
  });
  const bytes =
    prompts === '-' ? await readStdin(context, 'responses, one a line') : await readSmallFile(prompts);
  const pairs = readPairs(bytes, prompts === '-' ? stdinName : prompts);
  const wantsReward = options.reward !== undefined || judgeName === undefined;
  requireThat('reward', options.reward, 'a reward or a judge', wantsReward || spec !== undefined);
  const display = chooseDisplay(context, true);
  let rating: (Disposable & { readonly reward: Reward }) | undefined;
  let judge: Judge | undefined;
  try {
    display.wait('Loading models …');
    rating = wantsReward ? await loadRating(options, fetchingOf(context, display)) : undefined;
    judge = spec === undefined ? undefined : await loadJudge(spec);
    let done = 0;
    for await (const rated of scoreResponses(pairs, {
      reward: rating?.reward,
      judge,
      signal: context.signal,
    })) {
      display.clear();
      context.stdout.write(json ? `${JSON.stringify(rated)}\n` : `${line(rated)}\n`);
      display.wait(`${++done} of ${pairs.length}`);
    }
    display.clear();
    if (judge !== undefined && isEndpoint(judge)) {
      const { requests, cached, promptTokens, completionTokens } = judge.cost;
      context.stderr.write(
        `entrgi: the judge was asked ${requests} times (${promptTokens} + ${completionTokens} tokens), ${cached} answers were kept.\n`,
      );
    }
  } finally {
    display.clear();
    await judge?.dispose();
    await rating?.dispose();
  }
};

const isEndpoint = (judge: Judge): judge is EndpointJudge => 'cost' in judge;

/** "reward 2.413  judge 0.981  The button was …". */
const line = ({ response, reward, judge, preferred }: RatedResponse): string => {
  const parts = [
    ...(reward === undefined ? [] : [`reward ${reward.toFixed(3)}`]),
    ...(judge === undefined ? [] : [`judge ${judge.toFixed(3)}`]),
    ...(preferred === undefined
      ? []
      : [
          `preferred ${preferred.probability.toFixed(2)}${preferred.isConsistent ? '' : ' (depends on the order)'}`,
        ]),
  ];
  return [...parts, withoutControls(response.replace(/\s+/g, ' ').trim())].join('  ');
};
