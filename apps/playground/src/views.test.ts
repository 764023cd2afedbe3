import { axeFindings } from '@entrgi/config/axe';
import { chromium, noChromium } from '@entrgi/config/browser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedSite } from './testing/shared-site.js';
import { openSite } from './testing/site.js';
import { views } from './testing/views.js';
import { themes, wearTheme } from './testing/wear-theme.js';

/** Runs that take a second. */
const settings = 'steps=6&maxNewTokens=16&guidanceSteps=1';

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 600_000 },
  () => {
    let site: Awaited<ReturnType<typeof openSite>>;
    beforeAll(async () => {
      site = await openSite(await sharedSite());
    }, 120_000);
    afterAll(() => site?.close());

    it.each(process.env.ENTRGI_SLOW ? [360, 1024, 1600] : [360])(
      'every view fits into %i px and has nothing for axe to find, light and dark',
      async (width) => {
        const found: string[] = [];
        for await (const { name, page } of views(site, { width, settings })) {
          for (const theme of themes) {
            await wearTheme(page, theme);
            // Nothing moves for those who want it so.
            const moving = await page.evaluate(
              () => document.querySelector('entrgi-playground')!.shadowRoot!.getAnimations().length,
            );
            if (moving > 0) found.push(`${name}, ${theme}: ${moving} animations`);
            found.push(...(await axeFindings(page)).map((finding) => `${name}, ${theme}: ${finding}`));
          }
          const shown = await page.evaluate<number>('document.documentElement.scrollWidth');
          if (shown > width) found.push(`${name} is ${shown} px wide`);
        }
        expect(found).toEqual([]);
      },
    );
  },
);
