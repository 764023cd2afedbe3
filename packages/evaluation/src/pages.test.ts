import { axeFindings } from '@entrgi/config/axe';
import { chromium, noChromium, openBrowser } from '@entrgi/config/browser';
import { methodNames } from 'entrgi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JournalLine } from './journal/journal-line.js';
import { replayPage } from './replay/replay-page.js';
import { tracksOfJournal } from './replay/tracks-of-journal.js';
import { makeReport } from './report/make-report.js';
import { smallLine } from './testing/small-line.js';

/** Every method by two rewards, with all that a report can show; made-up numbers. */
const lines = ['r', 's'].flatMap((reward) =>
  [0.7].flatMap((temperature) =>
    methodNames.flatMap((method, m) =>
      [1, 2].map((seed): JournalLine => {
        const isGuided = ['expectation', 'aps', 'entrgi', 'guided-smc'].includes(method);
        const one = { tokenIds: [1, 2, 3], judge: 0.5 + m / 20, negativeLogLikelihood: 2 + m / 10 };
        const trajectories = [
          { ...one, text: `A cat, ${method}`, reward: m / 2 + seed },
          { ...one, text: 'and another one', reward: m / 2 },
        ];
        const hashes = { denoiser: 'd0', reward: `${reward}0`, judge: 'j0', perplexity: 'p0' };
        const models = { denoiser: 'd', reward, judge: 'j', perplexity: 'p', hashes };
        return smallLine(seed, {
          key: `${reward}${temperature}${method}${seed}`.replace('.', '-'),
          prompt: 'Complete this story: A cat',
          method,
          temperature,
          settings: { ...models, guidanceSteps: isGuided ? 3 : 0, trajectories: 2 },
          trajectories,
          top1: m / 2 + seed,
          avg: m / 2 + seed / 2,
          judge: one.judge,
          cost: { seconds: m + 1, denoiserPasses: 8, rewardPasses: isGuided ? 50 : 2 },
          steps: {
            ...(isGuided ? { rewards: [-1, 0, m / 2], entropyWeights: [0.8, 0.5, 0.25] } : {}),
            trajectories: trajectories.map(() => ({ tokens: ['A', ' cat', ','], committedAt: [3, 1, 2] })),
          },
        });
      }),
    ),
  ),
);

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 120_000 },
  () => {
    let browser: Awaited<ReturnType<typeof openBrowser>>;
    beforeAll(async () => {
      browser = await openBrowser();
    }, 60_000);
    afterAll(() => browser.close());

    const pages = {
      'the report': async () => (await makeReport(lines)).html,
      'the replay': async () => replayPage(tracksOfJournal(lines, 0, 'journal')),
    };

    test.each(Object.entries(pages))(
      '%s has nothing for axe to find, light and dark, unfolded, and fits a phone and a desk',
      async (_, page) => {
        const html = await page();
        for (const colorScheme of ['light', 'dark'] as const) {
          const tab = await browser.newPage({ colorScheme, viewport: { width: 360, height: 900 } });
          const complaints: string[] = [];
          tab.on('pageerror', ({ message }) => complaints.push(message));
          await tab.setContent(html);
          await tab.evaluate("for (const each of document.querySelectorAll('details')) each.open = true;");
          expect(await axeFindings(tab), colorScheme).toEqual([]);
          for (const width of [360, 1024, 1600]) {
            await tab.setViewportSize({ width, height: 900 });
            expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
          }
          expect(complaints).toEqual([]);
          await tab.close();
        }
      },
    );
  },
);
