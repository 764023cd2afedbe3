import { settingsFromAddress } from '../settings/settings-in-address.js';
import { playgroundInNode } from '../testing/compare-runs.js';
import { buildSite, run } from '../testing/site.js';
import type { Options } from './options.js';

/** Both sides take turns, so that a drift of the machine cancels in each round's ratio. */
export const speed = async ({ rounds, settings, threads }: Options) => {
  const [site, node] = await Promise.all([buildSite(), playgroundInNode(threads)]);
  try {
    const hash = `methods=entrgi.entrgi&${settings}`;
    const { page } = await site.open(`?threads=${threads}#${hash}`);
    const asked = settingsFromAddress(hash);
    const turns: { readonly nodeSeconds: number; readonly webSeconds: number; readonly ratio: number }[] = [];
    for (let round = -1; round < rounds; round++) {
      const nodeSeconds = await secondsOf(() => node.run(asked));
      const webSeconds = await secondsOf(() => run(page));
      // The first one warms up.
      if (round >= 0) turns.push({ nodeSeconds, webSeconds, ratio: webSeconds / nodeSeconds });
    }
    const ratios = turns.map(({ ratio }) => ratio).toSorted((a, b) => a - b);
    return { threads, settings: hash, turns, medianRatio: ratios[Math.floor(ratios.length / 2)] };
  } finally {
    await Promise.all([site.close(), node.dispose()]);
  }
};

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};
