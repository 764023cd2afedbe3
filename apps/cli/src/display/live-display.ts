import { createLogUpdate } from 'log-update';
import type { Context, Output } from '../process/context.js';
import type { Beginning, Display } from './display.js';
import { renderFrame, type TextHeight, type TrajectoryView } from './frame.js';
import { type Progress, progressLine, stepClock } from './progress-line.js';
import { responseSpans } from './span.js';
import { stylesFor } from './styles.js';

/** How often the clock is redrawn while a step takes long. */
const tickMs = 200;

/** What a → b and w are; it fits 80 columns. */
const guidedLegend = "reward a → b: before a step's first and last update · w: sampled token's share";

/** All trajectories of the prompt in progress, redrawn in place. */
export const liveDisplay = (output: Output, env: Context['env']): Display => {
  const styles = stylesFor(output, env);
  const log = createLogUpdate(output as NodeJS.WriteStream);
  let draw = (): void => {};
  /** The whole picture as it is now, whatever the height of the terminal. */
  let picture: (() => readonly string[]) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lineCount = 0;
  let waitingSince: number | undefined;
  let onEvent = (_: Parameters<Display['step']>[0]): void => {};

  const show = (lines: readonly string[]): void => {
    // log-update patches lines in place: only right while their number stays the same.
    if (lines.length !== lineCount) log.clear();
    lineCount = lines.length;
    log(lines.join('\n'));
  };
  const redraw = (): void => draw();
  const start = (next: () => void): void => {
    draw = next;
    timer ??= setInterval(redraw, tickMs).unref();
    if (output.listenerCount('resize', redraw) === 0) output.on('resize', redraw);
    draw();
  };

  const clear = (): void => {
    clearInterval(timer);
    timer = undefined;
    output.off('resize', redraw);
    if (lineCount > 0) log.clear();
    lineCount = 0;
    picture = undefined;
    log.done();
  };

  return {
    wait(text) {
      waitingSince ??= performance.now();
      const since = waitingSince;
      start(() => show([styles.dim(`${text} ${((performance.now() - since) / 1000).toFixed(1)} s`)]));
    },
    begin({ title, trajectories, maxNewTokens, guidanceSteps, denoiser }: Beginning) {
      waitingSince = undefined;
      const spansOf = responseSpans(denoiser);
      const since = performance.now();
      const stepMs = stepClock();
      const height: TextHeight = { rows: 1 };
      const legend = guidanceSteps > 0 ? guidedLegend : '';
      let views: TrajectoryView[] = Array.from({ length: trajectories }, () => ({
        spans: [{ kind: 'masked', count: maxNewTokens }],
      }));
      let progress: Omit<Progress, 'elapsedMs'> | undefined;
      onEvent = (event) => {
        const { step, steps, entropyWeight, rewards } = event;
        // A strategy may run the loop several times, with more or fewer trajectories.
        const seen = Array.from({ length: event.trajectories }, (_, k) => views[k] ?? { spans: [] });
        views = seen.map((view, k) => ({
          spans: spansOf(event, k),
          // A trajectory that sat the step out keeps what it had.
          reward:
            rewards === undefined || Number.isNaN(rewards.first[k]!)
              ? view.reward
              : { first: rewards.first[k]!, last: rewards.last[k]! },
        }));
        progress = {
          step,
          steps,
          stepMs: stepMs(event),
          entropyWeight: entropyWeight ?? progress?.entropyWeight,
        };
      };
      const frame = (rows: number, tall: TextHeight): string[] => {
        const elapsedMs = performance.now() - since;
        const size = { columns: output.columns ?? 80, rows };
        const line =
          progress === undefined
            ? styles.dim('first step …')
            : progressLine({ ...progress, elapsedMs }, styles, size.columns);
        return renderFrame({ title, legend, trajectories: views, progress: line }, size, styles, tall);
      };
      picture = () => (progress === undefined ? [] : frame(Number.POSITIVE_INFINITY, { rows: 1 }));
      start(() => show(frame(output.rows ?? 24, height)));
    },
    step(event) {
      onEvent(event);
      draw();
    },
    clear,
    leave() {
      const lines = picture?.() ?? [];
      clear();
      output.write(lines.map((line) => `${line}\n`).join(''));
    },
  };
};
