import type { StepEvent } from '@entrgi/core';
import type { Styles } from './styles.js';

export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly elapsedMs: number;
  /** Milliseconds that a step takes; unknown at first. */
  readonly stepMs?: number | undefined;
  readonly entropyWeight?: number | undefined;
}

/** "━━━━━━────── step 31/64 48% · 6.2 s, 7 s left · w 0.43"; a narrow terminal gets a shorter bar. */
export const progressLine = (
  { step, steps, elapsedMs, stepMs, entropyWeight }: Progress,
  styles: Styles,
  columns: number,
): string => {
  const width = Math.max(4, Math.min(24, columns - 56));
  const done = Math.round((width * step) / steps);
  const bar = styles.green('━'.repeat(done)) + styles.dim('─'.repeat(width - done));
  const share = `${Math.floor((100 * step) / steps)}%`;
  const left = stepMs === undefined ? '' : `, ${seconds(stepMs * (steps - step))} left`;
  const weight = entropyWeight === undefined ? '' : styles.dim(` · w ${entropyWeight.toFixed(2)}`);
  return `${bar} step ${step}/${steps} ${share} · ${seconds(elapsedMs)}${left}${weight}`;
};

/** "0.8 s", "12 s", "3 min 20 s". */
export const seconds = (milliseconds: number): string => {
  const s = milliseconds / 1000;
  if (s < 9.95) return `${s.toFixed(1)} s`;
  const rounded = Math.round(s);
  return rounded < 60 ? `${rounded} s` : `${Math.floor(rounded / 60)} min ${rounded % 60} s`;
};

/** Mean time per step after the first one that committed a token: what comes before it loads models, or costs nothing. */
export const stepClock = () => {
  let first: { step: number; at: number } | undefined;
  return (event: Pick<StepEvent, 'step' | 'committed'>, now = performance.now()): number | undefined => {
    if (first === undefined && event.committed.length > 0) first = { step: event.step, at: now };
    if (first === undefined || event.step === first.step) return undefined;
    return (now - first.at) / (event.step - first.step);
  };
};
