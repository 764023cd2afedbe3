import { chromium, noChromium, serveFolders } from '@entrgi/config/browser';
import puppeteer, { type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedSite } from './testing/shared-site.js';
import { inside, watchedPage } from './testing/watched-page.js';

describe.skipIf(chromium === undefined)(
  `a hidden tab in Chromium (${chromium ?? noChromium})`,
  { timeout: 300_000 },
  () => {
    let server: Awaited<ReturnType<typeof serveFolders>>;
    let browser: Browser;
    beforeAll(async () => {
      // Playwright's tabs are never hidden.
      [server, browser] = await Promise.all([
        sharedSite().then((site) => serveFolders({ '/': site })),
        puppeteer.launch({ executablePath: chromium!, headless: true, args: ['--no-sandbox'] }),
      ]);
    }, 120_000);
    afterAll(() => Promise.all([browser?.close(), server?.close()]));

    it('goes on writing behind another, shows all of it, and is loaded there too', async () => {
      const { page, complaints, when, button, press, frames } = await watchedPage(browser);
      const visibility = () => page.evaluate('document.visibilityState');

      await page.goto(`${server.origin}/?threads=1#steps=4&maxNewTokens=16&guidanceSteps=1`);
      await button('Run');
      expect(await visibility()).toBe('visible');
      await press();
      await button('Run again');
      const inView = await frames();
      expect(inView).toHaveLength(8);

      await press();
      await when('globalThis.reports.length > 2');
      const other = await browser.newPage();
      await other.bringToFront();
      expect(await visibility()).toBe('hidden');
      await page.evaluate('requestAnimationFrame(() => { globalThis.wasDrawn = true; })');
      await button('Run again');
      expect(await frames()).toEqual(inView);
      expect(await page.evaluate(`${inside}.querySelectorAll('.token:not(.masked)').length`)).toBe(32);
      expect(await page.evaluate('globalThis.wasDrawn')).toBeUndefined();

      await page.reload();
      await button('Run');
      expect(await visibility()).toBe('hidden');
      expect(complaints).toEqual([]);
    });
  },
);
