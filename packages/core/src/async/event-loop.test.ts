import { expect, test } from 'vitest';
import { nextTurn, turnIsDue } from './event-loop.js';

/** Sums in pieces of a millisecond, for so long. */
const work = async (milliseconds: number, signal?: AbortSignal) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const piece = performance.now() + 1;
    while (performance.now() < piece);
    if (turnIsDue()) await nextTurn(signal);
  }
};

test('timers fire during a long computation', async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await work(400);
  clearInterval(timer);
  // No time is asserted: one turn in 20 milliseconds would make it 20.
  expect(ticks).toBeGreaterThan(4);
});

test('an abort ends it, with its reason', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await expect(work(60_000, controller.signal)).rejects.toThrow('enough');
});
