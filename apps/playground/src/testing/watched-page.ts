import type { Browser } from 'puppeteer-core';
import { type Compared, gatherReports, newFrames } from './site.js';

/** In a page: what the element has inside. */
export const inside = `document.querySelector('entrgi-playground').shadowRoot`;

/** A page of a browser that Playwright does not drive, with what it complains of. */
export const watchedPage = async (browser: Browser) => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.evaluateOnNewDocument(gatherReports);
  const when = (expression: string) => page.waitForFunction(expression, { timeout: 100_000, polling: 100 });
  return {
    page,
    complaints,
    when,
    /** Waits until the large button has a word. */
    button: (word: string) =>
      when(`${inside}?.querySelector('button.main')?.textContent.trim() === '${word}'`),
    press: () => page.evaluate(`${inside}.querySelector('button.main').click()`),
    frames: () => page.evaluate(newFrames) as Promise<Compared[]>,
  };
};
