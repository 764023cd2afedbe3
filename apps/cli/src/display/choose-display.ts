import type { Context } from '../process/context.js';
import type { Display } from './display.js';
import { liveDisplay } from './live-display.js';
import { statusDisplay } from './status-display.js';
import { isTerminal } from './styles.js';

/** The text filling in, in a terminal; one line of progress where only stderr is a terminal; nothing where nobody looks. */
export const chooseDisplay = (
  context: Pick<Context, 'stdout' | 'stderr' | 'env'>,
  quiet: boolean,
): Display => {
  if (!quiet && isTerminal(context.stdout, context.env)) return liveDisplay(context.stdout, context.env);
  if (isTerminal(context.stderr, context.env)) return statusDisplay(context.stderr, context.env);
  return silentDisplay;
};

const silentDisplay: Display = { wait() {}, begin() {}, step() {}, clear() {}, leave() {} };
