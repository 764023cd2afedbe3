import type { JournalLine } from '../../journal/journal-line.js';
import { promptOf, promptText } from '../summary/prompt-of.js';
import { rowNames } from '../summary/row-names.js';
import { groupBy } from '../summary/statistics.js';
import { methodOrder } from '../summary/summarize.js';
import { number } from '../words/format.js';
import { escapeHtml } from './escape-html.js';

/** How many prompts are shown. */
const SHOWN = 6;

/**
 * The best response of each method to the first prompts, beside each other, with every token colored by the
 * step in which it was committed.
 */
export const textsPart = (lines: readonly JournalLine[]): string => {
  const nameOf = rowNames(lines);
  const seed = Math.min(...lines.map((line) => line.seed));
  const groups = groupBy(
    lines.filter((line) => line.seed === seed).toSorted((a, b) => (promptOf(a) < promptOf(b) ? -1 : 1)),
    promptOf,
  );
  const parts = [...groups.values()]
    .slice(0, SHOWN)
    .map((group, i) => promptPart(group, { isOpen: i === 0, nameOf }));
  return `<p class="muted">Best of each method, seed ${seed}. Color: the step in which a token was committed, from the first <span class="legend" role="img" aria-label="from pale, the first, to strong, the last"></span> to the last; point at a token for its number.</p>${parts.join('')}`;
};

interface Shown {
  readonly isOpen: boolean;
  readonly nameOf: (line: JournalLine) => string;
}

const promptPart = (lines: readonly JournalLine[], { isOpen, nameOf }: Shown): string => {
  const { prompt } = lines[0]!;
  const inOrder = lines.toSorted((a, b) => placeOf(a.method) - placeOf(b.method));
  return `<details${isOpen ? ' open' : ''}><summary>${escapeHtml(promptText(prompt))}</summary><div class="texts">${inOrder.map((line) => textPart(line, nameOf(line))).join('')}</div></details>`;
};

const placeOf = (method: string): number => {
  const place = methodOrder.indexOf(method);
  return place < 0 ? methodOrder.length : place;
};

const textPart = ({ key, trajectories, top1, judge, steps }: JournalLine, name: string): string => {
  const best = trajectories.findIndex(({ reward }) => reward === top1);
  const traced = steps?.trajectories[best];
  const text = traced === undefined ? escapeHtml(trajectories[best]!.text) : tokens(traced);
  const judged = judge === undefined ? '' : `<span>judge ${number(judge)}</span>`;
  return `<div class="text"><h4><a href="#k-${key}">${escapeHtml(name)}</a><span>reward ${number(top1)}</span>${judged}</h4>${text}</div>`;
};

const tokens = ({
  tokens: texts,
  committedAt,
}: {
  readonly tokens: readonly string[];
  readonly committedAt: readonly number[];
}): string => {
  const last = Math.max(1, ...committedAt);
  return texts
    .map((text, i) => {
      const step = committedAt[i] ?? 0;
      const share = Math.round(6 + (64 * Math.max(0, step - 1)) / Math.max(1, last - 1));
      return text === ''
        ? ''
        : `<span class="token" style="--t:${share}" title="step ${step}">${escapeHtml(text)}</span>`;
    })
    .join('');
};
