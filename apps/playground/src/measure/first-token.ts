import { buildSite, until } from '../testing/site.js';
import type { Options } from './options.js';

/** Seconds from a page's first moment to its first written token, on visits after the first; Run is pressed as soon as it can be. */
export const firstToken = async ({ rounds, settings }: Options) => {
  const site = await buildSite();
  try {
    const server = await site.serve(true);
    const context = await site.browser.newContext();
    const address = `${server.origin}/#${settings}`;
    const first = await context.newPage();
    await first.goto(address);
    await until(first, 'Run');
    await first.close();
    const visits: { readonly ready: number; readonly firstToken: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const page = await context.newPage();
      await page.addInitScript(() => {
        document.addEventListener('DOMContentLoaded', () =>
          document.querySelector('entrgi-playground')!.addEventListener('entrgi-report', (event) => {
            const { type } = (event as CustomEvent).detail;
            if (type === 'ready') {
              Object.assign(globalThis, { ready: performance.now() });
              const press = () => {
                const main = document
                  .querySelector('entrgi-playground')!
                  .shadowRoot!.querySelector<HTMLButtonElement>('button.main')!;
                if (main.disabled) setTimeout(press);
                else main.click();
              };
              press();
            }
            if (type === 'frame' && !('firstToken' in globalThis))
              Object.assign(globalThis, { firstToken: performance.now() });
          }),
        );
      });
      await page.goto(address);
      await page.waitForFunction('globalThis.firstToken !== undefined', undefined, { timeout: 300_000 });
      visits.push(await page.evaluate('({ ready: ready / 1000, firstToken: firstToken / 1000 })'));
      await page.close();
    }
    const seconds = visits.map(({ firstToken: at }) => at).toSorted((a, b) => a - b);
    return { visits, medianSeconds: seconds[Math.floor(seconds.length / 2)] };
  } finally {
    await site.close();
  }
};
