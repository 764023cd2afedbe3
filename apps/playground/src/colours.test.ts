import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Colour = readonly number[];

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = style.split(':host([theme="dark"])');

const named = (theme: string, name: string): Colour => {
  const [, hex] = new RegExp(`--${name}: #([0-9a-f]{6});`).exec(theme)!;
  return [0, 2, 4].map((at) => Number.parseInt(hex!.slice(at, at + 2), 16) / 255);
};

/** As style.css mixes the colour of a token: so much of one, the rest of the other. */
const mixed = (a: Colour, share: number, b: Colour): Colour =>
  a.map((value, i) => share * value + (1 - share) * b[i]!);

const linear = (colour: Colour): Colour =>
  colour.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));

const times = (matrix: readonly Colour[], [r, g, b]: Colour): Colour =>
  matrix.map((row) => row[0]! * r! + row[1]! * g! + row[2]! * b!);

/** How colours are seen where one kind of cones is missing, in linear RGB: Machado, Oliveira and Fernandes, 2009, severity 1. */
const sights: Readonly<Record<string, readonly Colour[]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b* under D65. */
const lab = (sight: readonly Colour[], colour: Colour): Colour => {
  const seen = times(sight, linear(colour)).map((value) => Math.min(1, Math.max(0, value)));
  const xyz = times(
    [
      [0.4124, 0.3576, 0.1805],
      [0.2126, 0.7152, 0.0722],
      [0.0193, 0.1192, 0.9505],
    ],
    seen,
  );
  const [x, y, z] = xyz.map((value, i) => {
    const t = value / [0.9505, 1, 1.089][i]!;
    return t > 216 / 24389 ? Math.cbrt(t) : (841 / 108) * t + 4 / 29;
  });
  return [116 * y! - 16, 500 * (x! - y!), 200 * (y! - z!)];
};

const difference = (sight: readonly Colour[], a: Colour, b: Colour): number => {
  const [first, second] = [lab(sight, a), lab(sight, b)];
  return Math.hypot(...first.map((value, i) => value - second[i]!));
};

/** Of WCAG 2: the ratio of relative luminances. */
const contrast = (a: Colour, b: Colour): number => {
  const [dark, bright] = [a, b]
    .map((colour) => times([[0.2126, 0.7152, 0.0722]], linear(colour))[0]! + 0.05)
    .toSorted((x, y) => x - y);
  return bright! / dark!;
};

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, theme) => {
  // A difference of 2.3 can just be seen beside each other; these have to be told apart at a glance.
  it.each(Object.keys(sights))(
    'the lanes and the ends of their scales are told apart with cones: %s',
    (name) => {
      const sight = sights[name]!;
      const sunken = named(theme, 'sunken');
      expect(difference(sight, named(theme, 'upper'), named(theme, 'lower'))).toBeGreaterThan(25);
      for (const lane of ['upper', 'lower']) {
        const full = mixed(named(theme, `${lane}-fill`), 0.62, sunken);
        expect(difference(sight, full, sunken), lane).toBeGreaterThan(20);
      }
    },
  );

  it.each(['upper', 'lower'])('words are read on every colour of the %s lane', (lane) => {
    const fill = named(theme, `${lane}-fill`);
    for (const level of [0, 0.25, 0.5, 0.75, 1]) {
      const token = mixed(fill, 0.62 * level, named(theme, 'sunken'));
      const masked = mixed(fill, 0.45 * level, named(theme, 'surface'));
      expect(contrast(named(theme, 'ink'), token), `token, ${level}`).toBeGreaterThan(4.5);
      expect(contrast(named(theme, 'ghost'), masked), `masked, ${level}`).toBeGreaterThan(4.5);
    }
  });
});
