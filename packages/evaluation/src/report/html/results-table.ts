import { count, difference, estimated, number } from '../summary/format.js';
import { type Estimate, isClear } from '../summary/statistics.js';
import type { MethodSummary, TemperatureSummary } from '../summary/summary.js';
import { escapeHtml } from './escape-html.js';

/**
 * The table that tables of papers have, with what it costs; every number leads to the list of results behind
 * it.
 */
export const resultsTable = ({ methods }: TemperatureSummary, linkOf: (method: string) => string): string => {
  const against = [...new Set(methods.flatMap(({ differences }) => differences.map((each) => each.against)))];
  const isJudged = methods.some(({ judge }) => judge !== undefined);
  const hasPerplexity = methods.some(({ perplexity }) => perplexity !== undefined);
  const head = [
    'method',
    'Top@1',
    'Avg@K',
    ...(isJudged ? ['judge of<br>the best', 'judge<br>of all'] : []),
    'K',
    ...against.flatMap((name) => [
      `Top@1<br>− ${escapeHtml(name)}`,
      `Avg@K<br>− ${escapeHtml(name)}`,
      ...(isJudged ? [`judge<br>− ${escapeHtml(name)}`] : []),
    ]),
    'seconds',
    'denoiser<br>passes',
    'reward<br>passes',
    'distinct<br>1 / 2 / 3',
    'self-BLEU',
    ...(hasPerplexity ? ['perplexity'] : []),
  ];
  const body = methods.map((summary) =>
    row(summary, { against, isJudged, hasPerplexity, href: linkOf(summary.name) }),
  );
  return `<div class="scroll" tabindex="0" role="group" aria-label="Table, which scrolls where it is narrow"><table><thead><tr>${head.map((each) => `<th scope="col">${each}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
};

interface Columns {
  readonly against: readonly string[];
  readonly isJudged: boolean;
  readonly hasPerplexity: boolean;
  readonly href: string;
}

const row = (summary: MethodSummary, { against, isJudged, hasPerplexity, href }: Columns): string => {
  const { name: own, top1, avg, judge, judgeAvg, trajectories, differences, cost, diversity } = summary;
  const cell = (text: string, isBold = false) =>
    `<td${isBold ? ' class="clear"' : ''}>${text === '–' ? text : `<a href="#${href}">${text}</a>`}</td>`;
  const compared = (value: Estimate | undefined) =>
    cell(difference(value), value !== undefined && isClear(value));
  return `<tr><td>${escapeHtml(own)}</td>${[
    cell(estimated(top1)),
    cell(estimated(avg)),
    ...(isJudged ? [cell(estimated(judge)), cell(estimated(judgeAvg))] : []),
    cell(count(trajectories)),
    ...against.flatMap((name) => {
      const found = differences.find((each) => each.against === name);
      return [compared(found?.top1), compared(found?.avg), ...(isJudged ? [compared(found?.judge)] : [])];
    }),
    cell(number(cost.seconds)),
    cell(count(cost.denoiserPasses)),
    cell(count(cost.rewardPasses)),
    cell(diversity.distinct.map((value) => number(value)).join(' / ')),
    cell(number(diversity.selfBleu)),
    ...(hasPerplexity ? [cell(estimated(summary.perplexity))] : []),
  ].join('')}</tr>`;
};
