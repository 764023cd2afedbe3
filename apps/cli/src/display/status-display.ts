import { createLogUpdate } from 'log-update';
import type { Context, Output } from '../process/context.js';
import type { Display } from './display.js';
import { progressLine, stepClock } from './progress-line.js';
import { stylesFor } from './styles.js';

/** One line of progress on stderr, for when results go elsewhere. */
export const statusDisplay = (output: Output, env: Context['env']): Display => {
  const styles = stylesFor(output, env);
  const log = createLogUpdate(output as NodeJS.WriteStream);
  let since = performance.now();
  let stepMs = stepClock();
  const clear = (): void => {
    log.clear();
    log.done();
  };
  return {
    wait(text) {
      log(styles.dim(text));
    },
    begin() {
      since = performance.now();
      stepMs = stepClock();
    },
    step(event) {
      const progress = { ...event, stepMs: stepMs(event), elapsedMs: performance.now() - since };
      log(progressLine(progress, styles, output.columns ?? 80));
    },
    clear,
    leave: clear,
  };
};
