const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/**
 * A date, in local time, in a format of Python's strftime, with English names.
 * @throws Error for a letter that is not known
 */
export const strftime = (date: Date, format: string): string =>
  format.replace(/%(-?)(.)/gs, (_, bare: string, letter: string) => {
    const part = parts[letter];
    if (part === undefined) throw new Error(`strftime_now: %${letter} is not known`);
    const value = part(date);
    return bare === '-' ? value.replace(/^0+(?=\d)/, '') : value;
  });

const two = (number: number) => String(number).padStart(2, '0');

const dayOfYear = (date: Date): number =>
  1 +
  Math.round(
    (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - Date.UTC(date.getFullYear(), 0, 1)) /
      86_400_000,
  );

const parts: Readonly<Record<string, (date: Date) => string>> = {
  '%': () => '%',
  A: (date) => days[date.getDay()]!,
  B: (date) => months[date.getMonth()]!,
  F: (date) => strftime(date, '%Y-%m-%d'),
  H: (date) => two(date.getHours()),
  I: (date) => two(date.getHours() % 12 || 12),
  M: (date) => two(date.getMinutes()),
  S: (date) => two(date.getSeconds()),
  T: (date) => strftime(date, '%H:%M:%S'),
  Y: (date) => String(date.getFullYear()),
  a: (date) => days[date.getDay()]!.slice(0, 3),
  b: (date) => months[date.getMonth()]!.slice(0, 3),
  d: (date) => two(date.getDate()),
  j: (date) => String(dayOfYear(date)).padStart(3, '0'),
  m: (date) => two(date.getMonth() + 1),
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  y: (date) => two(date.getFullYear() % 100),
};
