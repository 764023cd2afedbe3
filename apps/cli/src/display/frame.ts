import wrapAnsi from 'wrap-ansi';
import { withoutControls } from '../process/without-controls.js';
import type { Span } from './span.js';
import type { Styles } from './styles.js';

/** One trajectory as the live display knows it. */
export interface TrajectoryView {
  readonly spans: readonly Span[];
  /** Reward before the first and the last update of the latest guided step. */
  readonly reward?: { readonly first: number; readonly last: number } | undefined;
}

export interface FrameView {
  readonly title: string;
  /** What the numbers mean, in a line; a line stays empty where there is nothing to say. */
  readonly legend: string;
  readonly trajectories: readonly TrajectoryView[];
  readonly progress: string;
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
}

/** Rows a trajectory's text takes; it only grows, so that what is below it does not jump. */
export type TextHeight = { rows: number };

/**
 * The picture of a generation in progress, as lines no wider than the terminal and one fewer than its rows.
 * Trajectories that find no room are counted in a last line.
 */
export const renderFrame = (
  view: FrameView,
  size: FrameSize,
  styles: Styles,
  height: TextHeight,
): string[] => {
  const width = Math.max(10, size.columns - 1);
  const room = Math.max(4, size.rows - 1);
  const count = view.trajectories.length;
  const shown = Math.max(1, Math.min(count, Math.floor((room - 3) / 2)));
  const hidden = count - shown;
  const perTrajectory = Math.max(1, Math.floor((room - 3 - (hidden > 0 ? 1 : 0)) / shown) - 1);

  const texts = view.trajectories
    .slice(0, shown)
    .map(({ spans }) => wrapText(spans, width - indent.length - ' …'.length, perTrajectory, styles));
  height.rows = Math.min(perTrajectory, Math.max(height.rows, ...texts.map((lines) => lines.length)));

  const lines = [clipLine(styles.bold(view.title), width), clipLine(styles.dim(view.legend), width)];
  texts.forEach((text, k) => {
    lines.push(clipLine(heading(k, view.trajectories[k]!, styles), width));
    const visible = clipLines(text, height.rows, styles);
    for (let row = 0; row < height.rows; row++) lines.push(`${indent}${visible[row] ?? ''}`.trimEnd());
  });
  if (hidden > 0) lines.push(clipLine(styles.dim(`… and ${hidden} more`), width));
  lines.push(clipLine(view.progress, width));
  return lines.slice(-room);
};

const indent = '  ';

const heading = (k: number, { reward }: TrajectoryView, styles: Styles): string => {
  const number = styles.cyan(`${k + 1}`);
  if (reward === undefined) return number;
  const last = reward.last >= reward.first ? styles.green : styles.yellow;
  return `${number} ${styles.dim(`reward ${reward.first.toFixed(3)} →`)} ${last(reward.last.toFixed(3))}`;
};

/** How a masked position is drawn: about as wide as a token where there is room, so that lines keep their length while they fill in. */
const masks = [' ░░░', ' ░', '░'] as const;

const wrapText = (spans: readonly Span[], width: number, rows: number, styles: Styles): string[] => {
  const attempts = masks.map((mask) => wrap(draw(spans, mask, styles), width));
  return attempts.find((lines) => lines.length <= rows) ?? attempts.at(-1)!;
};

const draw = (spans: readonly Span[], mask: string, styles: Styles): string =>
  spans
    .map((span) => drawSpan(span, mask, styles))
    .join('')
    .trimStart();

const drawSpan = (span: Span, mask: string, styles: Styles): string => {
  switch (span.kind) {
    case 'masked':
      return styles.dim(mask.repeat(span.count));
    case 'end':
      return styles.dim(' ■');
    case 'new':
      return styles.bold(styles.green(printable(span.text)));
    case 'committed':
      return printable(span.text);
  }
};

/** A line break of the text is drawn as a mark. */
const printable = (text: string): string => withoutControls(text.replace(/\s*\n\s*/g, ' ↵ '));

const wrap = (text: string, width: number): string[] =>
  wrapAnsi(text, width, { hard: true, trim: true }).split('\n');

const clipLines = (lines: string[], rows: number, styles: Styles): string[] =>
  lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `${lines[rows - 1]!} ${styles.dim('…')}`];

const clipLine = (line: string, width: number): string => {
  const [first, ...rest] = wrapAnsi(line.replace(/\s+/g, ' '), width - 1, {
    hard: true,
    wordWrap: false,
    trim: true,
  }).split('\n');
  return rest.length === 0 ? first! : `${first}…`;
};
