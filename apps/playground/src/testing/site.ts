import { openBrowser, serveFolders } from '@entrgi/config/browser';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Frame } from '../protocol/protocol.js';
import { builtSite } from './built-site.js';

/** What of a frame is compared. */
export type Compared = Pick<Frame, 'lane'> & {
  readonly tokenIds: readonly number[];
  /** What the masks before the step become in the draft that is rewarded, those that it wrote aside: the most probable token of each. */
  readonly draft: readonly number[];
  readonly rewards: readonly number[];
};

export interface OpenSite {
  readonly page: Page;
  /** Errors that the page has written to its console or thrown. */
  readonly complaints: readonly string[];
  readonly server: Awaited<ReturnType<typeof serveFolders>>;
}

interface Opening {
  /** With the headers for shared memory. */
  readonly isolated?: boolean;
  readonly serviceWorkers?: 'allow' | 'block';
  readonly from?: Browser | BrowserContext;
}

/** The site in a folder, and Chromium; `close` ends what was opened. */
export const openSite = async (out: string) => {
  const browser = await openBrowser();
  const ends: (() => Promise<unknown>)[] = [() => browser.close()];
  return {
    out,
    browser,

    /** The site on a server of its own, whose storage no other shares. */
    async serve(isolated = true) {
      const server = await serveFolders({ '/': out }, { isolated });
      ends.push(server.close);
      return server;
    },

    /** The page at an address of the site, its models loaded. */
    async open(
      address: string,
      { isolated = true, serviceWorkers = 'block', from = browser }: Opening = {},
    ): Promise<OpenSite> {
      const server = await this.serve(isolated);
      const context =
        'newContext' in from
          ? await from.newContext({ viewport: { width: 1280, height: 900 }, serviceWorkers })
          : from;
      const page = await context.newPage();
      const complaints = await watch(page);
      await page.goto(`${server.origin}/${address}`);
      await until(page, 'Run');
      return { page, complaints, server };
    },

    async close() {
      await Promise.all(ends.map((end) => end()));
    },
  };
};

/** The same of a build of its own, which `close` deletes. */
export const buildSite = async () => {
  const { out, remove } = await builtSite();
  const site = await openSite(out);
  const close = async () => {
    await site.close();
    remove();
  };
  return { ...site, close };
};

/** In a page, before its own scripts: gathers in `reports` what its worker tells. */
export const gatherReports = (): void => {
  const reports: unknown[] = [];
  Object.assign(globalThis, { reports });
  document.addEventListener('DOMContentLoaded', () =>
    document.querySelector('entrgi-playground')?.addEventListener('entrgi-report', (event) => {
      const { type, frame, ...rest } = (event as CustomEvent).detail;
      if (type !== 'frame') return reports.push({ type, ...rest });
      const { lane, tokenIds, slots, after, rewards } = frame;
      const perSlot = after.ids.length / slots.length;
      return reports.push({
        type,
        lane,
        tokenIds: [...tokenIds],
        draft: [...after.ids].filter((_, i) => i % perSlot === 0),
        rewards: [...rewards],
      });
    }),
  );
};

/** Gathers what a page complains of and, in its `reports`, what its worker tells. */
export const watch = async (page: Page): Promise<string[]> => {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(gatherReports);
  return complaints;
};

/** Waits until the large button has a word; rejects with the problem that the page shows instead. */
export const until = async (page: Page, word: string, timeout = 100_000): Promise<void> => {
  const problem = page.locator('.problem');
  await page
    .locator('button.main')
    .filter({ hasText: new RegExp(`^${word}$`) })
    .or(problem)
    .first()
    .waitFor({ timeout });
  const [shown] = await problem.allTextContents();
  if (shown !== undefined) throw new Error(`The page says: ${shown}`);
};

/** In a page: the frames that the worker has told of since they were last asked for. */
export const newFrames =
  'globalThis.reports.splice(0).filter(({ type }) => type === "frame").map(({ type, ...frame }) => frame)';

export const framesSince = (page: Page): Promise<Compared[]> => page.evaluate(newFrames);

/** Runs what the page is set to. */
export const run = async (page: Page, timeout?: number): Promise<Compared[]> => {
  await page.locator('button.main').click();
  await until(page, 'Run again', timeout);
  return framesSince(page);
};
