import { buildSite, run } from '../testing/site.js';
import type { Options } from './options.js';

/** A task of the page's own thread: how long it kept others waiting, and how long it computed. */
interface Task {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** What it consisted of, by wall time in milliseconds; inner work counts in outer work too. */
  readonly parts: Readonly<Record<string, number>>;
}

interface TraceEvent {
  readonly name: string;
  readonly tid: number;
  readonly pid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * How long the page's event loop is kept from turning while it generates: by its own account (gaps between messages to itself, and its long tasks), and by
 * the browser's trace, which knows the computing time of each task: what is long by the wall alone is the machine's doing.
 */
export const blocking = async ({ rounds, settings }: Options) => {
  const site = await buildSite();
  try {
    const { page } = await site.open(`#${settings}`);
    await run(page);
    await page.evaluate(() => {
      const seen = { longestGapMs: 0, longTasksMs: [] as number[] };
      Object.assign(globalThis, { seen });
      new PerformanceObserver((list) =>
        seen.longTasksMs.push(...list.getEntries().map(({ duration }) => duration)),
      ).observe({ type: 'longtask' });
      const { port1, port2 } = new MessageChannel();
      let last = performance.now();
      port1.onmessage = () => {
        const now = performance.now();
        seen.longestGapMs = Math.max(seen.longestGapMs, now - last);
        last = now;
        // Not at once: a loop that never rests would be what it measures.
        setTimeout(() => port2.postMessage(0), 4);
      };
      port2.postMessage(0);
    });
    await site.browser.startTracing(page, {
      categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8'],
    });
    for (let round = 0; round < rounds; round++) await run(page);
    const trace = JSON.parse(String(await site.browser.stopTracing())) as { traceEvents: TraceEvent[] };
    const seen = await page.evaluate<{ longestGapMs: number; longTasksMs: number[] }>('seen');
    const tasks = tasksOf(trace.traceEvents);
    return {
      generations: rounds,
      longestGapMs: seen.longestGapMs,
      longTasksMs: seen.longTasksMs.toSorted((a, b) => b - a),
      tasks: tasks.length,
      byComputing: tasks.toSorted((a, b) => b.cpuMs - a.cpuMs).slice(0, 5),
      byWall: tasks.toSorted((a, b) => b.wallMs - a.wallMs).slice(0, 5),
      blockedAbove50Ms: tasks.filter(({ cpuMs }) => cpuMs > 50).length,
    };
  } finally {
    await site.close();
  }
};

/** Of the busiest page, which is ours: a browser has others that do nothing. */
const tasksOf = (events: readonly TraceEvent[]): Task[] => {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const all = mains.map(({ pid, tid }) => events.filter((event) => event.pid === pid && event.tid === tid));
  const [own = []] = all.toSorted((a, b) => b.length - a.length);
  const work = own.filter(({ name, dur = 0 }) => name !== 'RunTask' && dur > 1000);
  return own
    .filter(({ name }) => name === 'RunTask')
    .map(({ ts, dur = 0, tdur = 0 }) => {
      const parts: Record<string, number> = {};
      for (const inner of work) {
        if (inner.ts < ts || inner.ts > ts + dur) continue;
        parts[inner.name] = (parts[inner.name] ?? 0) + inner.dur! / 1000;
      }
      return { wallMs: dur / 1000, cpuMs: tdur / 1000, parts };
    });
};
