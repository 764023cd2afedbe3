import { openBrowser } from '@entrgi/config/browser';
import type { Page } from 'playwright-core';
import { buildSite, run, until } from '../testing/site.js';
import type { Options } from './options.js';

/** Before the first measurement: what is made once and kept is no leak. */
const WARM = 2;

/** Bytes of the page and its workers, WebAssembly's memory among them, before and after so many generations, and loads and unloads of the element. */
export const memory = async ({ rounds, settings }: Options) => {
  const site = await buildSite();
  // Otherwise the browser measures when it pleases, which may be minutes later.
  const from = await openBrowser({ args: ['--enable-blink-features=ForceEagerMeasureMemory'] });
  try {
    // On one thread: others sleep in WebAssembly, and would never answer.
    const { page } = await site.open(`?threads=1#${settings}`, { from });
    const generations = await growth(page, rounds, () => run(page));
    const cycles = await growth(page, rounds, () => loadAgain(page));
    return { rounds, generations, loadsAndUnloads: cycles };
  } finally {
    await Promise.all([site.close(), from.close()]);
  }
};

const growth = async (page: Page, rounds: number, work: () => Promise<unknown>) => {
  for (let i = 0; i < WARM; i++) await work();
  const before = await bytesOf(page);
  for (let i = 0; i < rounds; i++) await work();
  const after = await bytesOf(page);
  return { before, after, grownPercent: (100 * (after - before)) / before };
};

const bytesOf = async (page: Page): Promise<number> => {
  await page.requestGC();
  return page.evaluate(
    'performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes)',
  ) as Promise<number>;
};

const loadAgain = async (page: Page): Promise<void> => {
  await page.evaluate(() => {
    const old = document.querySelector('entrgi-playground')!;
    const next = document.createElement('entrgi-playground');
    next.setAttribute('site', '');
    old.replaceWith(next);
  });
  await until(page, 'Run');
};
