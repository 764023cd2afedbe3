import type { MethodSummary, TemperatureSummary } from '../summary/summary.js';
import { count, estimated, number } from '../words/format.js';
import { escapeHtml } from './escape-html.js';

/**
 * The table that tables of papers have, with what it costs; every number leads to the list of results behind
 * it.
 */
export const resultsTable = ({ methods }: TemperatureSummary, linkOf: (method: string) => string): string => {
  const isJudged = methods.some(({ judge }) => judge !== undefined);
  const hasPerplexity = methods.some(({ perplexity }) => perplexity !== undefined);
  const head = [
    'method',
    'K',
    'Top@1',
    'Avg@K',
    ...(isJudged ? ['judge of<br>the best', 'judge<br>of all'] : []),
    ...(hasPerplexity ? ['perplexity'] : []),
    'seconds',
    'denoiser<br>passes',
    'reward<br>passes',
    'distinct<br>1 / 2 / 3',
    'self-BLEU',
  ];
  const body = methods.map((summary) => row(summary, isJudged, hasPerplexity, linkOf(summary.name)));
  return `<div class="scroll" tabindex="0" role="group" aria-label="Table, which scrolls where it is narrow"><table><thead><tr>${head.map((each) => `<th scope="col">${each}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
};

const row = (summary: MethodSummary, isJudged: boolean, hasPerplexity: boolean, href: string): string => {
  const { name, top1, avg, judge, judgeAvg, perplexity, trajectories, cost, diversity } = summary;
  const cells = [
    count(trajectories),
    estimated(top1),
    estimated(avg),
    ...(isJudged ? [estimated(judge), estimated(judgeAvg)] : []),
    ...(hasPerplexity ? [estimated(perplexity)] : []),
    number(cost.seconds),
    count(cost.denoiserPasses),
    count(cost.rewardPasses),
    diversity.distinct.map((value) => number(value)).join(' / '),
    number(diversity.selfBleu),
  ];
  return `<tr><th scope="row">${escapeHtml(name)}</th>${cells
    .map((text) => `<td>${text === '–' ? text : `<a href="#${href}">${text}</a>`}</td>`)
    .join('')}</tr>`;
};
