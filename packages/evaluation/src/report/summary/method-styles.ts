import { methodOrder } from './summarize.js';

/** How a method is drawn: its color, and what tells it from others without color. */
export interface MethodStyle {
  /** A CSS variable of the page. */
  readonly color: string;
  readonly symbol: (typeof symbols)[number];
  readonly dash: string;
}

const symbols = [
  'circle',
  'square',
  'cross',
  'triangle',
  'diamond',
  'star',
  'wye',
  'hexagon',
  'times',
  'asterisk',
  'plus',
] as const;
const dashes = [
  '1 3',
  '8 3',
  '2 2',
  '6 2 1 2',
  '4 2',
  'none',
  '10 2 2 2',
  '3 5',
  '12 4',
  '1 1',
  '5 1 1 1 1 1',
];

/**
 * The style of a method, the same in every plot. Unknown ones take their turn by the letters of their names.
 */
export const methodStyle = (method: string): MethodStyle => {
  const known = methodOrder.indexOf(method);
  const other = [...method].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 2;
  const index = known < 0 ? methodOrder.length + other : known;
  return { color: `var(--method-${index})`, symbol: symbols[index]!, dash: dashes[index]! };
};

/** Colors that people with any color vision tell apart (Okabe and Ito 2008), on light and on dark. */
export const methodColors = {
  light: [
    '#767676',
    '#0072b2',
    '#4a90c2',
    '#b8860b',
    '#c2185b',
    '#007a5a',
    '#c0500a',
    '#7b4fa3',
    '#6b6b00',
    '#8a4b2a',
    '#00707a',
  ],
  dark: [
    '#a8a8a8',
    '#56b4e9',
    '#8fcdf0',
    '#f0c040',
    '#ff7eb0',
    '#2fc99a',
    '#ff9d5c',
    '#c49bea',
    '#c9cc4a',
    '#d6a07c',
    '#4fc3cf',
  ],
};
