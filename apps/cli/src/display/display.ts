import type { Denoiser, StepEvent } from '@entrgi/core';

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
