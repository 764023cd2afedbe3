import * as Plot from '@observablehq/plot';
import { methodStyle } from '../summary/method-styles.js';
import type { MethodSummary, TemperatureSummary } from '../summary/summary.js';
import { drawPlot } from './draw-plot.js';
import { spreadLabels } from './spread-labels.js';

/** A mean by denoising step, a line for each guided method; '' where none has steps. */
export const stepPlot = (
  { temperature, methods }: TemperatureSummary,
  of: 'rewardByStep' | 'entropyWeightByStep',
): string => {
  const points = methods.flatMap((summary) => linePoints(summary, of));
  if (points.length === 0) return '';
  const what = of === 'rewardByStep' ? 'reward' : 'entropy weight';
  const ys = points.map(({ y }) => y);
  const ends = methods.flatMap((summary) => linePoints(summary, of).slice(-1));
  const inside = ends.map((end) => ({ ...end, y: middle(points, end.name) }));
  return drawPlot(`${what} by denoising step at temperature ${temperature}`, {
    marginRight: 84,
    x: { label: 'denoising step →', ticks: 5 },
    y: { label: `↑ ${what}`, grid: true, nice: true },
    marks: [
      ...methods.map((summary) => {
        const { color, dash } = methodStyle(summary.method);
        return Plot.line(linePoints(summary, of), {
          x: 'x',
          y: 'y',
          stroke: color,
          strokeWidth: 2,
          strokeDasharray: dash,
        });
      }),
      Plot.text(spreadLabels(inside, Math.min(...ys), Math.max(...ys)), {
        x: 'x',
        y: 'labelY',
        text: 'name',
        dx: 6,
        textAnchor: 'start',
        fill: 'currentColor',
        stroke: 'var(--card)',
        strokeWidth: 4,
      }),
    ],
  });
};

const linePoints = (
  { name, ...summary }: MethodSummary,
  of: 'rewardByStep' | 'entropyWeightByStep',
): { name: string; x: number; y: number }[] =>
  summary[of].flatMap((y, i) => (y === null ? [] : [{ name, x: i + 1, y }]));

/** Where a line ends. */
const middle = (points: readonly { name: string; y: number }[], name: string): number =>
  points.findLast((point) => point.name === name)!.y;
