import { InvalidArgumentError } from '@entrgi/core';
import type { Track } from './track.js';

/** A line of what `generate --trace` writes: a step event, with the text of each committed token. */
export interface TraceEvent {
  readonly type: 'step-end';
  readonly prompt: number;
  readonly step: number;
  readonly steps: number;
  readonly trajectories: number;
  readonly length: number;
  readonly committed: readonly {
    readonly trajectory: number;
    readonly position: number;
    readonly text: string;
  }[];
  readonly rewards?: { readonly last: readonly (number | null)[] } | undefined;
}

/** Whether a record is a step of a trace. */
export const isTraceEvent = (record: unknown): record is TraceEvent =>
  typeof record === 'object' && record !== null && (record as { type?: unknown }).type === 'step-end';

/**
 * A prompt's response in a trace: the one whose last reward is the highest, of equals and without rewards the
 * first. `source` is its title and what errors call it.
 */
export const trackOfTrace = (events: readonly TraceEvent[], prompt: number, source: string): Track => {
  const own = events.filter((event) => event.prompt === prompt);
  const [first] = own;
  if (first === undefined) {
    throw new InvalidArgumentError(`${source}: expected steps of prompt ${prompt + 1}, got none.`, {
      value: prompt,
      argument: 'prompt',
    });
  }
  const { steps, length, trajectories } = first;
  const last = Array.from(
    { length: trajectories },
    (_, k) =>
      own.findLast((event) => event.rewards?.last[k] != null)?.rewards?.last[k] ?? Number.NEGATIVE_INFINITY,
  );
  const chosen = last.indexOf(Math.max(...last));
  const tokens = Array<string>(length).fill('');
  const committedAt = Array<number>(length).fill(steps);
  const rewards = Array<number | null>(steps).fill(null);
  for (const event of own) {
    rewards[event.step - 1] = event.rewards?.last[chosen] ?? null;
    for (const { trajectory, position, text } of event.committed) {
      if (trajectory !== chosen) continue;
      tokens[position] = text;
      committedAt[position] = event.step;
    }
  }
  return { title: source, steps, tokens, committedAt, rewards };
};
