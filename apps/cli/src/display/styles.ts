import picocolors from 'picocolors';
import type { Context, Output } from '../process/context.js';

export type Styles = ReturnType<typeof picocolors.createColors>;

/** Colors for a stream: none where NO_COLOR asks for none, where the terminal is dumb, or where nobody looks. */
export const stylesFor = (output: Output, env: Context['env']): Styles =>
  picocolors.createColors(isTerminal(output, env) && (env.NO_COLOR ?? '') === '');

/** Whether a stream is a terminal that can move its cursor. */
export const isTerminal = (output: Output, env: Context['env']): boolean =>
  output.isTTY === true && env.TERM !== 'dumb';
