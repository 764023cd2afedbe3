import type { Estimate } from './statistics.js';

/** A minus that is as wide as a plus; none before nothing. */
const minus = (text: string): string => text.replace(/^-(?=0(\.0*)?$)/, '').replace('-', '−');

/** "2.41", "−0.30". */
export const number = (value: number | null | undefined, digits = 2): string =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : minus(value.toFixed(digits));

/** "2.41 ± 0.05"; without the error where there is none. */
export const estimated = (value: Estimate | undefined, digits = 2): string => {
  if (value === undefined) return '–';
  return value.error === null
    ? number(value.mean, digits)
    : `${number(value.mean, digits)} ± ${value.error.toFixed(digits)}`;
};

/** The same with a sign before it. */
export const difference = (value: Estimate | undefined, digits = 2): string =>
  value === undefined ? '–' : estimated(value, digits).replace(/^(?=\d)/, '+');

/** "256", "1,024", "12.5". */
export const count = (value: number): string =>
  Number.isInteger(value) || value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
