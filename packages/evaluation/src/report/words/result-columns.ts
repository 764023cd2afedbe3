import type { MethodSummary, TemperatureSummary } from '../summary/summary.js';
import { count, estimated, number } from './format.js';

/** A column of the table of results: what it is called, and what a row has in it. */
export interface ResultColumn {
  readonly name: string;
  readonly of: (summary: MethodSummary) => string;
}

/** The columns behind the method's name, as far as some row has something in them. */
export const resultColumns = ({ methods }: TemperatureSummary): ResultColumn[] => {
  const isJudged = methods.some(({ judge }) => judge !== undefined);
  const hasPerplexity = methods.some(({ perplexity }) => perplexity !== undefined);
  return [
    { name: 'K', of: ({ trajectories }) => count(trajectories) },
    { name: 'Top@1', of: ({ top1 }) => estimated(top1) },
    { name: 'Avg@K', of: ({ avg }) => estimated(avg) },
    ...(isJudged ? judged : []),
    ...(hasPerplexity ? [perplexing] : []),
    { name: 'seconds', of: ({ cost }) => number(cost.seconds) },
    { name: 'denoiser passes', of: ({ cost }) => count(cost.denoiserPasses) },
    { name: 'reward passes', of: ({ cost }) => count(cost.rewardPasses) },
    {
      name: 'distinct 1/2/3',
      of: ({ diversity }) => diversity.distinct.map((value) => number(value)).join('/'),
    },
    { name: 'self-BLEU', of: ({ diversity }) => number(diversity.selfBleu) },
  ];
};

const judged: readonly ResultColumn[] = [
  { name: 'judge of the best', of: ({ judge }) => estimated(judge) },
  { name: 'judge of all', of: ({ judgeAvg }) => estimated(judgeAvg) },
];

const perplexing: ResultColumn = { name: 'perplexity', of: ({ perplexity }) => estimated(perplexity) };
