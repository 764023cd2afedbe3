/** One line of a chart: a value for each step, from 1 on; where it is NaN, the line has a gap. */
export interface Line {
  readonly name: string;
  readonly color: string;
  readonly values: readonly number[];
  /** Drawn in dashes. */
  readonly dashed?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  /** Least and greatest value of y. */
  readonly range: readonly [number, number];
}

const [width, height] = [720, 360];
const plot = { left: 56, right: 16, top: 56, bottom: 44 };
// In the middle between black and white: readable on light pages and on dark ones.
const [ink, rule] = ['#7d8590', '#8b949e55'];

/** A chart as SVG. */
export const lineChart = ({ title, x, y, lines, range: [least, greatest] }: Chart): string => {
  const steps = Math.max(...lines.map(({ values }) => values.length));
  const atX = (step: number) =>
    plot.left + ((step - 1) / Math.max(steps - 1, 1)) * (width - plot.left - plot.right);
  const atY = (value: number) =>
    height - plot.bottom - ((value - least) / (greatest - least)) * (height - plot.top - plot.bottom);
  const text = (left: number, top: number, words: string, more = '') =>
    `<text x="${round(left)}" y="${round(top)}" ${more}>${words}</text>`;

  const rules = ticks(least, greatest).map(
    (value) =>
      `<path d="M${plot.left} ${round(atY(value))}H${width - plot.right}" stroke="${rule}"/>${text(plot.left - 8, atY(value) + 4, String(value), 'text-anchor="end"')}`,
  );
  const under = ticks(0, steps)
    .filter((step) => step >= 1)
    .map((step) => text(atX(step), height - plot.bottom + 18, String(step), 'text-anchor="middle"'));
  const drawn = lines.map(({ values, color, dashed }) => {
    let pen = 'M';
    const path = values.map((value, i) => {
      if (Number.isNaN(value)) {
        pen = 'M';
        return '';
      }
      const part = `${pen}${round(atX(i + 1))} ${round(atY(value))}`;
      pen = 'L';
      return part;
    });
    const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
    return `<path d="${path.join('')}" fill="none" stroke="${color}" stroke-width="2"${dashes}/>`;
  });
  let left = plot.left;
  const legend = lines.map(({ name, color, dashed }) => {
    const dashes = dashed ? ' stroke-dasharray="5 4"' : '';
    const part = `<path d="M${left} 36h20" stroke="${color}" stroke-width="2"${dashes}/>${text(left + 26, 40, name)}`;
    left += 46 + 7 * name.length;
    return part;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}">`,
    text(plot.left, 18, title, 'font-size="14" font-weight="600"'),
    ...legend,
    ...rules,
    ...under,
    ...drawn,
    text(width - plot.right, height - 8, x, 'text-anchor="end"'),
    text(0, 0, y, `transform="translate(14 ${height / 2}) rotate(-90)" text-anchor="middle"`),
    '</svg>',
    '',
  ].join('\n');
};

const round = (value: number) => Math.round(10 * value) / 10;

/** Round numbers between two, about five of them. */
const ticks = (least: number, greatest: number): number[] => {
  const rough = (greatest - least) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(greatest / step) - first + 1 }, (_, i) =>
    Number(((first + i) * step).toFixed(6)),
  );
};
