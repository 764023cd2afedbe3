import type { Estimate } from '../summary/statistics.js';

/** A minus that is as wide as a plus; none before nothing. */
const minus = (text: string): string => text.replace(/^-(?=0(\.0*)?$)/, '').replace('-', '−');

/** "2.41", "−0.30". */
export const number = (value: number | null | undefined, digits = 2): string =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : minus(value.toFixed(digits));

/** "2.41 ± 0.05"; "0.912 ± 0.003" where the error needs another digit; without it where there is none. */
export const estimated = (value: Estimate | undefined): string => {
  if (value === undefined) return '–';
  const { mean, error } = value;
  if (error === null) return number(mean);
  const digits = error > 0 && error < 0.005 ? 3 : 2;
  return `${number(mean, digits)} ± ${error.toFixed(digits)}`;
};

/** The same with a sign before it. */
export const difference = (value: Estimate | undefined): string =>
  value === undefined ? '–' : estimated(value).replace(/^(?=\d)/, '+');

/** "256", "1,024", "12.5". */
export const count = (value: number): string =>
  Number.isInteger(value) || value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
