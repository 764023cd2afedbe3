import { placeTokens } from './place-tokens.ts';
import type { WrittenStory } from './written-story.ts';

const [width, margin, letter, lineHeight] = [780, 24, 8.4, 24];
const columns = Math.floor((width - 2 * margin) / letter);
/** Seconds: of a step, and of the finished picture. */
const [stepSeconds, rest] = [0.1, 6];

/** Colors on light pages, and on dark ones. */
const colors: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  paper: ['#f6f8fa', '#161b22'],
  ink: ['#1f2328', '#e6edf3'],
  dim: ['#59636e', '#9198a1'],
  mask: ['#d1d9e0', '#30363d'],
  good: ['#1a7f37', '#3fb950'],
};

/** Two responses filling in token by token, as an SVG that moves by itself; where motion is unwanted, it shows the end. */
export const storyPicture = (
  prompt: string,
  { unguided, guided }: { readonly unguided: WrittenStory; readonly guided: WrittenStory },
): string => {
  const steps = Math.max(unguided.steps, guided.steps);
  const seconds = steps * stepSeconds + rest;
  const first = panel('Unguided', unguided, 68, 'dim');
  const second = panel('Guided while it writes', guided, first.bottom + 30, 'good');
  const height = second.bottom + 40;
  const words = prompt.replace(/^[^:]*: /, '');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label(unguided, guided)}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    `<style>${styles(steps, seconds)}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="10"/>`,
    line(words, margin, 34, 'ink', 'font-weight="600"'),
    ...first.lines,
    ...second.lines,
    line(
      'Same model, same seed. Reward: mean of four responses. Judge: a model that has no part in it.',
      margin,
      height - 14,
      'dim',
      'font-size="12"',
    ),
    '</svg>',
    '',
  ].join('\n');
};

const label = (unguided: WrittenStory, guided: WrittenStory): string =>
  `A response fills in token by token, unguided with a mean reward of ${unguided.mean.toFixed(2)}, and guided with ${guided.mean.toFixed(2)}`;

const panel = (title: string, story: WrittenStory, top: number, color: string) => {
  const { tokens, mean, judge, steps } = story;
  const placed = placeTokens(tokens, columns);
  const numbers = `reward ${mean.toFixed(2)}  judge ${judge.toFixed(2)}`;
  const right = width - margin - numbers.length * letter;
  const bottom = top + 8 + lineHeight * (1 + Math.max(...placed.map((token) => token.line)));
  return {
    bottom,
    lines: [
      line(title, margin, top, color, 'font-weight="600"'),
      `<g class="end e">${line(numbers, right, top, color, 'font-weight="600"')}</g>`,
      ...placed.flatMap(({ text, step, line: row, column }) => {
        const [x, y] = [margin + column * letter, top + 8 + lineHeight * (row + 1) - 7];
        return [
          line(text, x, y, 'ink'),
          `<rect class="mask s${Math.min(step, steps)}" x="${round(x)}" y="${y - 14}" width="${round(text.length * letter)}" height="19" rx="3"/>`,
        ];
      }),
    ],
  };
};

/** Text as wide as it is placed, whatever the font. */
const line = (text: string, x: number, y: number, color: string, more = ''): string => {
  const isSmall = more.includes('font-size');
  const size = isSmall ? '' : ` textLength="${round(text.length * letter)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text class="${color}" x="${round(x)}" y="${y}"${size} xml:space="preserve"${more === '' ? '' : ` ${more}`}>${escaped(text)}</text>`;
};

/** A masked token covers its text; when it is committed, it lights up and goes away. */
const styles = (steps: number, seconds: number): string => {
  const fills = (which: 0 | 1) =>
    Object.entries(colors)
      .map(([name, each]) => `.${name}{fill:${each[which]}}`)
      .join('');
  const share = (step: number) => round((100 * step * stepSeconds) / seconds);
  const appear = Array.from({ length: steps }, (_, i) => {
    const [from, to] = [share(i + 1), share(i + 1 + 6)];
    return `.s${i + 1}{animation-name:s${i + 1}}@keyframes s${i + 1}{0%,${from}%{opacity:1;fill:var(--mask)}${from + 0.1}%{opacity:.45;fill:#2da44e}${to}%,99.5%{opacity:0;fill:#2da44e}100%{opacity:1;fill:var(--mask)}}`;
  });
  const end = share(steps);
  return [
    `svg{--mask:${colors.mask![0]}}${fills(0)}`,
    `@media(prefers-color-scheme:dark){svg{--mask:${colors.mask![1]}}${fills(1)}}`,
    `.mask,.end{animation:${seconds}s linear infinite}`,
    ...appear,
    `.e{animation-name:e}@keyframes e{0%,${end}%{opacity:0}${end + 1}%,99.5%{opacity:1}100%{opacity:0}}`,
    '@media(prefers-reduced-motion:reduce){.mask{animation:none;opacity:0}.end{animation:none}}',
  ].join('');
};

const round = (value: number): number => Math.round(100 * value) / 100;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
