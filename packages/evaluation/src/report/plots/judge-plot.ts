import * as Plot from '@observablehq/plot';
import { methodStyle } from '../summary/method-styles.js';
import type { TemperatureSummary } from '../summary/summary.js';
import { drawPlot } from './draw-plot.js';
import { methodMarks } from './method-marks.js';

/**
 * What the judge says of each method's best responses against their reward: a method that only fools its
 * reward lies to the right and low. '' without a judge.
 */
export const judgePlot = ({ temperature, methods }: TemperatureSummary): string => {
  const points = methods.flatMap(({ name, method, top1, judge }) =>
    judge === undefined
      ? []
      : [
          {
            name,
            x: top1.mean,
            place: top1.mean,
            dx: top1.error ?? 0,
            y: judge.mean,
            dy: judge.error ?? 0,
            ...methodStyle(method),
          },
        ],
  );
  if (points.length === 0) return '';
  const xs = points.flatMap(({ x, dx }) => [x - dx, x + dx]);
  const ys = points.flatMap(({ y, dy }) => [y - dy, y + dy]);
  return drawPlot(`judge against reward at temperature ${temperature}`, {
    marginRight: 84,
    x: { label: 'Top@1 →', nice: true, ticks: 5, grid: true },
    y: { label: '↑ judge', nice: true, grid: true },
    marks: [
      Plot.ruleX(points, { x: 'x', y1: (d) => d.y - d.dy, y2: (d) => d.y + d.dy, stroke: (d) => d.color }),
      Plot.ruleY(points, { y: 'y', x1: (d) => d.x - d.dx, x2: (d) => d.x + d.dx, stroke: (d) => d.color }),
      ...methodMarks(points, ys, 'right', Math.max(...xs) - Math.min(...xs)),
    ],
    color: { type: 'identity' },
    symbol: { type: 'identity' as never },
  });
};
