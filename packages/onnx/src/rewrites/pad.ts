import { countUp } from '../build/count-up.js';
import type { Value } from '../model/model.js';
import { string } from '../values/attributes.js';
import type { RewriteRule } from './rewrite-rule.js';

/**
 * Padding with elements of x itself takes them, axis by axis, from the positions that 0, 1, 2, … would be
 * padded with.
 */
const pad: RewriteRule = ({ g, input, string: read, rank, unsupported }) => {
  const mode = read('mode', 'constant');
  if (mode === 'constant') return null;
  const size = rank(input(0));
  const given = input(3) === '' ? undefined : g.contentsOf(input(3));
  if (size === undefined) throw unsupported('the rank of its input is not known');
  if (input(3) !== '' && !given?.every((axis) => typeof axis === 'number')) {
    throw unsupported('its axes are not known');
  }
  const axes = (given as readonly number[] | undefined) ?? Array.from({ length: size }, (_, axis) => axis);
  const amounts = g.contentsOf(input(1));
  return axes.reduce<Value>((x, axis, i) => {
    const own = [amounts?.[i], amounts?.[i + axes.length]];
    if (own.every((amount) => amount === 0)) return x;
    const known = own.every((amount) => typeof amount === 'number');
    const both = known ? g.int64s(own as number[]) : g.Gather(input(1), g.int64s([i, i + axes.length]));
    const positive = axis < 0 ? axis + size : axis;
    const length = g.Squeeze(g.Shape(x, { start: positive, end: positive + 1 }), [0]);
    const positions = countUp(g, length);
    const [taken] = g.node('Pad', [positions, both], { mode: string(mode) });
    return g.Gather(x, taken!, positive);
  }, input(0));
};

export const pads: Readonly<Record<string, RewriteRule>> = { Pad: pad };
