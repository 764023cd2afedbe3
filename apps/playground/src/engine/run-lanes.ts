import { nextTurn } from '@entrgi/core';
import type { Frame, Lane, RunSettings } from '../protocol/protocol.js';
import type { Gate } from './gate.js';
import type { Models } from './models.js';
import { runLane } from './run-lane.js';

/** Lanes on one timeline: a step of the upper, the same step of the lower, and on. */
export const runLanes = async (
  models: Models,
  settings: RunSettings,
  {
    lanes,
    gate,
    signal,
    show,
  }: { lanes: readonly Lane[]; gate: Gate; signal: AbortSignal; show: (frame: Frame) => void },
): Promise<void> => {
  const running = lanes.map((lane) => runLane(lane, models, settings, signal));
  try {
    for (let step = 1; step <= settings.steps; step++) {
      await gate.pass(signal);
      for (const lane of running) {
        const next = await lane.next();
        if (next.done !== true) show(next.value);
        // Messages arrive between steps: a run that is paused or stopped hears of it.
        await nextTurn(signal);
      }
    }
  } finally {
    for (const lane of running) await lane.return();
  }
};
