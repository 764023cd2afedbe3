import { firefox, serveFolders } from '@entrgi/config/browser';
import puppeteer, { type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsFromAddress } from './settings/settings-in-address.js';
import { distance, playgroundInNode } from './testing/compare-runs.js';
import { sharedSite } from './testing/shared-site.js';
import { inside, watchedPage } from './testing/watched-page.js';

const quick = 'steps=8&maxNewTokens=16&guidanceSteps=2';

describe.skipIf(firefox === undefined)(
  `in Firefox (${firefox ?? 'none here: install it, or say where it is in the variable FIREFOX'})`,
  { timeout: 180_000 },
  () => {
    let server: Awaited<ReturnType<typeof serveFolders>>;
    let browser: Browser;
    let node: Awaited<ReturnType<typeof playgroundInNode>>;
    beforeAll(async () => {
      // Playwright drives a Firefox of its own alone; this one is as people have it.
      [server, browser, node] = await Promise.all([
        sharedSite().then((site) => serveFolders({ '/': site })),
        puppeteer.launch({ browser: 'firefox', executablePath: firefox!, headless: true }),
        playgroundInNode(),
      ]);
    }, 120_000);
    afterAll(async () => {
      await Promise.all([browser?.close(), server?.close(), node?.dispose()]);
    });

    it('writes a story in both lanes, with the tokens and rewards of Node, and complains of nothing', async () => {
      const { page, complaints, button, press, frames } = await watchedPage(browser);
      await page.goto(`${server.origin}/?threads=2#${quick}`);
      await button('Run');
      expect(await page.evaluate('crossOriginIsolated')).toBe(true);
      expect(await page.evaluate(`${inside}.querySelector('.chip').textContent`)).toBe(
        'WebAssembly, 2 threads',
      );
      await press();
      await button('Run again');
      expect(await page.evaluate(`${inside}.querySelectorAll('.token').length`)).toBe(32);
      expect(await page.evaluate(`${inside}.querySelectorAll('.token.masked').length`)).toBe(0);
      const { tokens, reward } = distance(await frames(), await node.run(settingsFromAddress(`#${quick}`)));
      expect(tokens).toBe(1);
      expect(reward).toBeLessThan(1e-4);
      expect(complaints).toEqual([]);
    });
  },
);
