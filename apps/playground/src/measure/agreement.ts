import { openBrowser } from '@entrgi/config/browser';
import { openings } from '@entrgi/tiny-stories';
import { settingsFromAddress, settingsToAddress } from '../settings/settings-in-address.js';
import { type Distance, distance, playgroundInNode } from '../testing/compare-runs.js';
import { buildSite, run } from '../testing/site.js';
import type { Options } from './options.js';

/** The same settings in Node and in the page, for so many openings: rewards, tokens, and each token that differs. */
export const agreement = async ({ rounds, settings, threads, device }: Options) => {
  const [site, node] = await Promise.all([buildSite(), playgroundInNode(threads)]);
  const from = await openBrowser({ webgpu: device === 'webgpu' });
  try {
    const { page } = await site.open(`?device=${device}&threads=${threads}#${settings}`, { from });
    const chip = await page.locator('.chip').first().textContent();
    const prompts: (Distance & { readonly prompt: string })[] = [];
    for (const prompt of openings.filter((_, i) => i % 3 === 0).slice(0, rounds)) {
      const asked = { ...settingsFromAddress(settings), prompt };
      await page.evaluate((hash) => {
        location.hash = hash;
      }, settingsToAddress(asked));
      await page.waitForFunction(
        (text) =>
          document
            .querySelector('entrgi-playground')!
            .shadowRoot!.querySelector<HTMLTextAreaElement>('#prompt')!.value === text,
        prompt,
      );
      const found = { prompt, ...distance(await node.run(asked), await run(page, 3_600_000)) };
      console.error(JSON.stringify(found));
      prompts.push(found);
    }
    return {
      runsOn: chip?.trim(),
      prompts: prompts.length,
      tokensEqual: prompts.reduce((sum, { tokens }) => sum + tokens, 0) / prompts.length,
      largestRewardDifference: Math.max(...prompts.map(({ reward }) => reward)),
      otherDrafts: prompts.reduce((sum, { otherDrafts }) => sum + otherDrafts, 0),
      deviations: prompts.filter(({ deviations }) => deviations.length > 0),
    };
  } finally {
    await Promise.all([site.close(), node.dispose(), from.close()]);
  }
};
