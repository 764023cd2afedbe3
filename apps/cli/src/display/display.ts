import type { Denoiser, StepEvent } from '@entrgi/core';
import type { Context } from '../process/context.js';
import { liveDisplay } from './live-display.js';
import { statusDisplay } from './status-display.js';
import { isTerminal } from './styles.js';

/** What the display is told when a prompt begins. */
export interface Beginning {
  readonly title: string;
  readonly trajectories: number;
  /** Length of a response in tokens. */
  readonly maxNewTokens: number;
  /** Gradient updates a step; 0 where nothing guides. */
  readonly guidanceSteps: number;
  readonly denoiser: Pick<Denoiser, 'decode' | 'vocabulary'>;
}

/** Shows work in progress. Nothing of it is left when it has been cleared. */
export interface Display {
  /** Says what is being waited for. */
  wait(text: string): void;
  begin(beginning: Beginning): void;
  step(event: StepEvent): void;
  /** Removes what is shown, and gives the cursor back. */
  clear(): void;
  /** The same, but the text so far stays, all of it, where it was shown. */
  leave(): void;
}

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
