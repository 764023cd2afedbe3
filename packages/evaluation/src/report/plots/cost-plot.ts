import * as Plot from '@observablehq/plot';
import { methodStyle } from '../summary/method-styles.js';
import type { TemperatureSummary } from '../summary/summary.js';
import { drawPlot } from './draw-plot.js';
import { methodMarks } from './method-marks.js';

/**
 * Top@1 of each method against what it costs, with the curve of unguided best-of-n at the same cost; '' where
 * that cost was left out.
 */
export const costPlot = (
  { temperature, methods, bestOf }: TemperatureSummary,
  unit: 'passes' | 'seconds',
): string => {
  const points = methods.flatMap(({ name, method, top1, cost }) => {
    const x = unit === 'seconds' ? cost.seconds : cost.denoiserPasses + cost.rewardPasses;
    return x === null
      ? []
      : [{ name, x, place: Math.log(x), y: top1.mean, error: top1.error ?? 0, ...methodStyle(method) }];
  });
  if (points.length === 0) return '';
  const curve = (bestOf?.points ?? []).flatMap((point) => {
    const x = point[unit];
    return x === null ? [] : [{ x, y: point.top1 }];
  });
  const label = unit === 'seconds' ? 'seconds per prompt →' : 'network passes per prompt →';
  const logs = [...points, ...curve].map(({ x }) => Math.log10(x));
  // The axis begins and ends at powers of ten.
  const decades = Math.ceil(Math.max(...logs)) - Math.floor(Math.min(...logs));
  const ys = [...points.flatMap(({ y, error }) => [y - error, y + error]), ...curve.map(({ y }) => y)];
  return drawPlot(`Top@1 against ${unit} at temperature ${temperature}`, {
    x: { type: 'log', label, ticks: 4, tickFormat: unit === 'seconds' ? '~g' : '~s', nice: true },
    y: { label: '↑ Top@1', grid: true, nice: true },
    marks: [
      Plot.line(curve, { x: 'x', y: 'y', stroke: 'var(--muted)', strokeDasharray: '8 3' }),
      Plot.ruleX(points, {
        x: 'x',
        y1: (d) => d.y - d.error,
        y2: (d) => d.y + d.error,
        stroke: (d) => d.color,
      }),
      ...methodMarks(points, ys, 'left', decades * Math.LN10),
    ],
    color: { type: 'identity' },
    symbol: { type: 'identity' as never },
  });
};
