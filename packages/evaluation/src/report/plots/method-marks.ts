import * as Plot from '@observablehq/plot';
import type { MethodStyle } from '../summary/method-styles.js';
import { spreadLabels } from './spread-labels.js';

interface MethodPoint extends Pick<MethodStyle, 'color' | 'symbol'> {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

/**
 * A symbol for each method, with its name to the left or right of it. `ys` are all values that the plot
 * shows, which say how far apart names can be.
 */
export const methodMarks = (
  points: readonly MethodPoint[],
  ys: readonly number[],
  side: 'left' | 'right',
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
  Plot.text(spreadLabels(points, Math.min(...ys), Math.max(...ys)), {
    x: 'x',
    y: 'labelY',
    text: 'name',
    ...(side === 'left' ? { dx: -8, textAnchor: 'end' } : { dx: 9, textAnchor: 'start' }),
    fill: 'currentColor',
    stroke: 'var(--card)',
    strokeWidth: 4,
  }),
];
