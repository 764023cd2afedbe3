import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Lane } from '../protocol/protocol.js';
import { useWidth } from './use-width.js';

export interface Line {
  readonly name: string;
  readonly lane: Lane;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

interface ChartProps {
  readonly lines: readonly Line[];
  readonly steps: number;
  /** The step that is looked at. */
  readonly at: number;
  /** What a screen reader says of it. */
  readonly label: string;
  readonly height: number;
  /** The values that are always in view. */
  readonly least: readonly [number, number];
}

const [LEFT, RIGHT, TOP, BOTTOM] = [38, 12, 10, 22];

/** Lines over steps. Both lanes are told apart by their dashes too. */
export const LineChart = ({ lines, steps, at, label, height, least }: ChartProps): JSX.Element => {
  const chart = useRef<SVGSVGElement>(null);
  const width = useWidth(chart);
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y));
  const marks = ticks(Math.min(least[0], ...values), Math.max(least[1], ...values), height > 150 ? 4 : 2);
  const [low, high] = [marks[0]!, marks.at(-1)!];
  const x = (step: number) => LEFT + ((width - LEFT - RIGHT) * step) / steps;
  const y = (value: number) => TOP + (height - TOP - BOTTOM) * (1 - (value - low) / (high - low));
  return (
    <svg class="chart" ref={chart} height={height} role="img" aria-label={label}>
      {marks.map((tick) => (
        <g key={tick} class="tick">
          <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
          <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
            {String(tick).replace('-', '−')}
          </text>
        </g>
      ))}
      {[0, steps / 2, steps].map((step) => (
        <text key={step} class="axis" x={x(step)} y={height - 5} text-anchor="middle">
          {step}
        </text>
      ))}
      {at > 0 && <line class="now" x1={x(at)} x2={x(at)} y1={TOP} y2={height - BOTTOM} />}
      {lines.map(({ name, lane, points }) => (
        <g key={lane} class={`line lane-${lane}`}>
          <polyline points={points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ')}>
            <title>{name}</title>
          </polyline>
          {points
            .filter((point) => point.x === at)
            .map((point) => (
              <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r={5} />
            ))}
        </g>
      ))}
    </svg>
  );
};

/** Round numbers from one that is no higher than low to one that is no lower than high, about as many as are wanted between them. */
const ticks = (low: number, high: number, wanted: number): number[] => {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(6)));
};
