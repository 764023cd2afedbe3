import type { JournalLine } from '../../journal/journal-line.js';
import { costPlot } from '../plots/cost-plot.js';
import { judgePlot } from '../plots/judge-plot.js';
import { stepPlot } from '../plots/step-plot.js';
import type { SetupSummary, Summary, TemperatureSummary } from '../summary/summary.js';
import { errorText, explanations } from '../words/explanations.js';
import { findingsOf } from '../words/findings.js';
import { count } from '../words/format.js';
import { pairName } from '../words/pair-name.js';
import { rankingText, unevenText } from '../words/ranking.js';
import { differencesTables } from './differences-tables.js';
import { escapeHtml } from './escape-html.js';
import { linesPart } from './lines-part.js';
import { resultsTable } from './results-table.js';
import { styles } from './styles.js';
import { textsPart } from './texts.js';

/** A report as one page that needs nothing else. */
export const htmlReport = (summary: Summary, lines: readonly JournalLine[], command: string): string => {
  const { results, prompts, seeds, setups } = summary;
  const byKey = new Map(lines.map((line) => [line.key, line]));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>Evaluation</h1>
<p class="muted">${count(results)} results: ${count(prompts)} prompts, seed${seeds.length > 1 ? 's' : ''} ${seeds.join(', ')}.</p>
${explanationsPart()}
${setups.length === 1 ? '' : `<nav aria-label="Models"><ol>${setups.map((setup, i) => `<li><a href="#s${i}">${escapeHtml(pairName(setup))}</a></li>`).join('')}</ol></nav>`}
${setups.map((setup, i) => setupPart(setup, { byKey, id: `s${i}`, title: setups.length === 1 ? undefined : `${i + 1}. ${pairName(setup)}` })).join('\n')}
</main>
${footer(summary, command)}
<script>${openTarget}</script>
</body>
</html>
`;
};

const explanationsPart = (): string =>
  `<details><summary>What the words mean</summary><dl>${explanations.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join('')}</dl></details>`;

/** A browser that jumps into what is folded must unfold it. */
const openTarget = `const show = () => { const target = document.getElementById(location.hash.slice(1)); const fold = target?.closest('details'); if (fold) { fold.open = true; target.scrollIntoView({ block: 'center' }); } }; addEventListener('hashchange', show); show();`;

interface Place {
  readonly byKey: ReadonlyMap<string, JournalLine>;
  readonly id: string;
  /** Where there are several. */
  readonly title?: string | undefined;
}

const setupPart = (setup: SetupSummary, { byKey, id, title }: Place): string => {
  const { data, models, hashes, settings, temperatures } = setup;
  const facts = [
    ...(data === undefined ? [] : [['data', escapeHtml(data)] as const]),
    ...Object.entries(models).map(([role, name]): [string, string] => [
      role,
      `${escapeHtml(name)} <code>${escapeHtml(hashes[role] ?? '')}</code>`,
    ]),
    [
      'settings',
      Object.entries(settings)
        .map(([name, value]) => escapeHtml(`${name} ${shown(value)}`))
        .join(', '),
    ],
  ];
  return `<section>
${title === undefined ? '' : `<h2 class="pair" id="${id}">${escapeHtml(title)}</h2>`}
<details><summary><b>Models and settings</b>: ${Object.values(models).map(escapeHtml).join(', ')}</summary><dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl></details>
${temperatures.map((each, i) => temperaturePart(each, { byKey, id: `${id}-t${i}`, level: title === undefined ? 2 : 3 })).join('\n')}
</section>`;
};

interface TemperaturePlace extends Omit<Place, 'title'> {
  /** Of its heading. */
  readonly level: 2 | 3;
}

const shown = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

const temperaturePart = (summary: TemperatureSummary, { byKey, id, level }: TemperaturePlace): string => {
  const linkOf = (name: string) => `${id}-${name.replace(/[^\w-]/g, '_')}`;
  const linesOf = (keys: readonly string[]) => keys.map((key) => byKey.get(key)!);
  const { clear, chance } = findingsOf(summary);
  return `<h${level} id="${id}">Temperature ${summary.temperature}</h${level}>
${resultsTable(summary, linkOf)}
<p class="muted">${escapeHtml(errorText(summary))}</p>
${[unevenText(summary), rankingText(summary)].map((each) => (each === undefined ? '' : `<p>${escapeHtml(each)}</p>`)).join('')}
${differencesTables(summary, linkOf)}
${chance === '' ? '' : `<p>${chance}</p>`}
${clear.length === 0 ? '' : `<ul class="findings">${clear.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`}
<div class="plots">${plots(summary)}</div>
<h${level + 1}>Texts</h${level + 1}>
${textsPart(summary.methods.flatMap(({ keys }) => linesOf(keys)))}
<h${level + 1}>Results</h${level + 1}>
<p class="muted">A key is at the beginning of its line: <code>grep KEY JOURNAL</code>.</p>
${summary.methods.map(({ name, keys }) => linesPart(linkOf(name), `${name}, temperature ${summary.temperature}`, linesOf(keys))).join('\n')}`;
};

const plots = (summary: TemperatureSummary): string => {
  const { bestOf } = summary;
  const unguided =
    bestOf === undefined ? '' : `, and unguided best-of-n (dashed, from ${escapeHtml(bestOf.method)})`;
  const all: readonly (readonly [title: string, more: string, svg: string])[] = [
    ['Reward against compute', `network passes${unguided}`, costPlot(summary, 'passes')],
    ['Reward against time', `seconds${unguided}`, costPlot(summary, 'seconds')],
    ['Judge against reward', 'a method that only fools its reward lies right and low', judgePlot(summary)],
    [
      'Reward by denoising step',
      'of the relaxed responses, guided methods',
      stepPlot(summary, 'rewardByStep'),
    ],
    ['Entropy weight by denoising step', 'share of the hard token', stepPlot(summary, 'entropyWeightByStep')],
  ];
  return all
    .filter(([, , svg]) => svg !== '')
    .map(([title, more, svg]) => `<figure><figcaption><b>${title}</b>: ${more}</figcaption>${svg}</figure>`)
    .join('');
};

const footer = ({ versions }: Summary, command: string): string =>
  `<footer><p><code>${escapeHtml(command)}</code></p>${versions
    .map(
      (each) =>
        `<p>${Object.entries(each)
          .map(([name, version]) => escapeHtml(`${name} ${version}`))
          .join(' · ')}</p>`,
    )
    .join('')}</footer>`;
