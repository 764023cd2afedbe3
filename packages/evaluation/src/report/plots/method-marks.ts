import * as Plot from '@observablehq/plot';
import type { MethodStyle } from '../summary/method-styles.js';
import { spreadLabels } from './spread-labels.js';

interface MethodPoint extends Pick<MethodStyle, 'color' | 'symbol'> {
  readonly name: string;
  readonly x: number;
  /** Where x stands, on the scale of the axis. */
  readonly place: number;
  readonly y: number;
}

/** Points whose names would stand beside each other, and so over each other: of others none is in the way. */
const columnsOf = (points: readonly MethodPoint[], span: number): MethodPoint[][] => {
  const columns: MethodPoint[][] = [];
  for (const point of points.toSorted((a, b) => a.place - b.place)) {
    const last = columns.at(-1)?.at(-1);
    // A name takes up to a third of a plot's width.
    if (last !== undefined && point.place - last.place <= span / 3) columns.at(-1)!.push(point);
    else columns.push([point]);
  }
  return columns;
};

/**
 * A symbol for each method, with its name to the left or right of it. `ys` are all values that the plot
 * shows, which say how far apart names can be, and `span` is how far the axis of places reaches.
 */
export const methodMarks = (
  points: readonly MethodPoint[],
  ys: readonly number[],
  side: 'left' | 'right',
  span: number,
): Plot.Markish[] => [
  Plot.dot(points, {
    x: 'x',
    y: 'y',
    symbol: (d: { symbol: string }) => d.symbol,
    r: 5,
    fill: (d) => d.color,
    // Some symbols are nothing but strokes.
    stroke: (d: MethodPoint) => d.color,
  }),
  Plot.text(
    columnsOf(points, span).flatMap((column) => spreadLabels(column, Math.min(...ys), Math.max(...ys))),
    {
      x: 'x',
      y: 'labelY',
      text: 'name',
      ...(side === 'left' ? { dx: -11, textAnchor: 'end' } : { dx: 11, textAnchor: 'start' }),
      fill: 'currentColor',
      stroke: 'var(--card)',
      strokeWidth: 4,
    },
  ),
];
