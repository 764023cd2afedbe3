import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, noChromium } from '@entrgi/config/browser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lane } from './protocol/protocol.js';
import { settingsFromAddress } from './settings/settings-in-address.js';
import { sharedSite } from './testing/shared-site.js';
import { type OpenSite, openSite, run, until } from './testing/site.js';

/** In a page: whether all of an element is to be seen. */
const isInWindow = (element: Element): boolean => {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
};

/** A run that takes a second or two. */
const quick = 'steps=8&maxNewTokens=16&guidanceSteps=2';

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 120_000 },
  () => {
    let site: Awaited<ReturnType<typeof openSite>>;
    beforeAll(async () => {
      site = await openSite(await sharedSite());
    }, 120_000);
    afterAll(() => site?.close());

    /** One page for all that does not depend on how it was loaded: loading takes longer than anything else. */
    let shared: OpenSite | undefined;
    const usual = async () => {
      shared ??= await site.open(`?threads=2#${quick}`);
      await shared.page.evaluate((hash) => {
        location.hash = hash;
      }, quick);
      return shared;
    };
    /** Nothing here is about time: the machine may be busy. */
    const patient = { timeout: 30_000 };

    it('writes a story in both lanes, step by step, and lets it be looked at', async () => {
      const { page, complaints } = await usual();
      expect(await page.locator('.chip').textContent()).toBe('WebAssembly, 2 threads');
      const frames = await run(page);
      expect(frames.map(({ lane }) => lane)).toEqual(Array.from({ length: 8 }, () => [0, 1]).flat());
      for (const lane of [0, 1]) {
        const card = page.locator(`.lane-${lane}.lane`);
        expect(await card.locator('.token').count()).toBe(16);
        expect(await card.locator('.token.masked').count()).toBe(0);
        expect(await card.locator('.reward').textContent()).toBe(
          frames
            .findLast((frame) => frame.lane === lane)!
            .rewards[0]!.toFixed(2)
            .replace('-', '−'),
        );
      }
      expect(await page.locator('.lane-1 .cost').textContent()).toContain('16 reward gradients');

      const said = page.locator('p[role=status].unseen');
      await expect
        .poll(() => said.textContent(), patient)
        .toMatch(/^Finished\. Base model: reward .*, EntRGi: reward /);

      await page.locator('.scrubber input').fill('1');
      const early = await page.locator('.lane-0 .token.masked').count();
      expect(early).toBeGreaterThan(8);
      await page.keyboard.press('Escape');
      await page.locator('h1').click();
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => page.locator('.lane-0 .token.masked').count(), patient).toBeLessThan(early);

      await page.locator('.lane-1 .token').nth(3).focus();
      await page.keyboard.press('ArrowRight');
      await expect
        .poll(() => page.locator('.candidates h3').textContent(), patient)
        .toContain('of token 5, EntRGi');
      await expect.poll(() => page.locator('.candidates .bars li').count(), patient).toBe(10);

      await page.locator('#setting-seed').fill('7');
      await page.locator('#prompt').fill('A dragon blew bubbles.');
      // The page renews its address after the event, and Playwright hears of that later still.
      await expect
        .poll(() => settingsFromAddress(new URL(page.url()).hash), patient)
        .toMatchObject({ seed: 7, steps: 8, prompt: 'A dragon blew bubbles.' });
      expect(complaints).toEqual([]);
    });

    it('saves a trace, opens it beside another, and refuses another file in words', async () => {
      const { page, complaints } = await usual();
      await run(page);
      const text = (lane: Lane) => page.locator(`.lane-${lane} .text`).textContent();
      const tokens = () => page.locator('.lane-0 .token').allTextContents();
      const [written, spelled] = [await text(0), await tokens()];
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save trace: Base model' }).click(),
      ]);
      expect(saved.suggestedFilename()).toBe('base-model.trace.jsonl');
      const trace = join(site.out, 'base.trace.jsonl');
      await saved.saveAs(trace);

      const picker = page.locator('.files input[type=file]');
      await picker.setInputFiles({ name: 'story.txt', mimeType: 'text/plain', buffer: Buffer.from('Once') });
      await expect
        .poll(() => page.locator('.problem').allTextContents(), patient)
        .toEqual([
          expect.stringMatching(/^story\.txt is neither a trace nor a model\. This page opens traces, /),
        ]);
      // The picker is far below what is said.
      await expect.poll(() => page.locator('.problem').evaluate(isInWindow), patient).toBe(true);
      expect(await text(0)).toBe(written);

      await picker.setInputFiles(trace);
      await expect.poll(() => page.locator('.lane-0 h3').textContent(), patient).toBe('base from a file');
      expect(await tokens()).toEqual(spelled);
      expect(written).toContain(await text(0));
      expect(await page.locator('.lane-1.lane').count()).toBe(0);
      await picker.setInputFiles([trace, trace]);
      await expect.poll(() => page.locator('.lane-1.lane').count(), patient).toBe(1);
      await page.locator('.scrubber input').fill('1');
      await expect.poll(() => page.locator('.lane-0 .token.masked').count(), patient).toBeGreaterThan(8);

      await page.getByRole('button', { name: 'Tour', exact: true }).click();
      await page.getByRole('button', { name: 'Keep the files' }).click();
      expect(await page.locator('.lane-0 h3').textContent()).toBe('base from a file');
      await page.getByRole('button', { name: 'Tour', exact: true }).click();
      await page.locator('.tour').getByRole('button', { name: 'Run' }).click();
      await expect.poll(() => page.locator('#tour-title').textContent(), patient).toContain('1 of 5');
      await page.keyboard.press('Escape');
      await until(page, 'Run again');
      await run(page);
      expect(await page.locator('.lane-0 h3').textContent()).toContain('Base model');
      expect(complaints).toEqual([]);
    });

    it('has a token changed and locked, and runs on from there', async () => {
      const { page, complaints } = await usual();
      await run(page);
      const cells = (lane: Lane) => page.locator(`.lane-${lane} .token`);
      const labels = (lane: Lane) =>
        cells(lane).evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label')));
      const [upper, lower] = [await labels(0), await labels(1)];
      const late = lower.findIndex((label) => label!.includes('in step 6'));
      await cells(1).nth(late).click();
      // The pointer passes others on its way.
      await cells(1)
        .nth((late + 5) % 16)
        .hover();
      await expect
        .poll(() => page.locator('.candidates h3').textContent(), patient)
        .toContain(`of token ${late + 1}, EntRGi`);
      await page.locator('#write-token').fill('extraterrestrial');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.locator('#write-problem').textContent(), patient)
        .toContain('no single token');
      await page.locator('#write-token').fill('happy');
      await page.keyboard.press('Enter');
      await expect.poll(() => cells(1).nth(late).textContent(), patient).toBe(' happy');
      await until(page, 'Run again');
      const edited = await labels(1);
      expect(edited[late]).toContain('happy, written in step 6');
      const isEarly = (label: string | null) => /in step [1-5]\b/.test(label!);
      expect(edited.filter(isEarly)).toEqual(lower.filter(isEarly));
      expect(await labels(0)).toEqual(upper);
      expect(await page.locator('.scrubber output').textContent()).toBe('8');

      await page.getByRole('button', { name: 'Lock', exact: true }).click();
      await expect.poll(() => cells(0).nth(late).getAttribute('aria-label'), patient).toContain(', locked');
      await run(page);
      expect((await labels(0))[late]).toContain('happy, there from the beginning');
      await page.locator('#colours').selectOption('gradient');
      await page.getByRole('button', { name: 'Unlock all (1)' }).click();
      expect(complaints).toEqual([]);
    });

    it('is gone through with Tab, and shows where one is', async () => {
      const { page, complaints } = await usual();
      await run(page);
      await page.locator('h1').click();
      const passed: string[] = [];
      for (;;) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const own = document.querySelector('entrgi-playground')!.shadowRoot!.activeElement;
          if (own === null) return undefined;
          // What is picked with is hidden in its button, which shows it.
          const seen = getComputedStyle(own.closest('label.button') ?? own);
          const hasRing = seen.outlineStyle !== 'none' && Number.parseFloat(seen.outlineWidth) >= 2;
          return `${own.tagName} ${own.id || own.textContent!.slice(0, 20)}${hasRing ? '' : ', which does not show it'}`;
        });
        if (at === undefined || passed.length > 60) break;
        passed.push(at);
      }
      expect(passed.filter((at) => at.includes('does not show'))).toEqual([]);
      expect(passed).toContain('TEXTAREA prompt');
      expect(passed).toContain('SELECT colours');
      // One token of each lane; the arrows lead to the others.
      expect(passed.length).toBeLessThan(45);
      expect(complaints).toEqual([]);
    });

    it.each([360, 1024])('moves nothing while it loads and writes, at %i px', async (width) => {
      const context = await site.browser.newContext({
        viewport: { width, height: 900 },
        serviceWorkers: 'block',
      });
      const { page } = await site.open(`?threads=2#${quick.replace('Tokens=16', 'Tokens=64')}`, {
        from: context,
      });
      await page.evaluate(() => {
        const seen = { shift: 0 };
        Object.assign(globalThis, { seen });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
            seen.shift += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await run(page);
      // A word that is longer than the one before begins elsewhere in its cell. From 0.1 on, a page is called restless.
      expect(await page.evaluate<number>('seen.shift')).toBeLessThan(0.02);
      await context.close();
    });

    it('gives a tour of five stops, which Escape ends where it began', async () => {
      const { page, complaints } = await usual();
      await run(page);
      const button = page.getByRole('button', { name: 'Tour', exact: true });
      await button.focus();
      await page.keyboard.press('Enter');
      const title = page.locator('#tour-title');
      const titles: (string | null)[] = [];
      for (let stop = 1; stop <= 5; stop++) {
        await expect.poll(() => title.textContent(), patient).toContain(`${stop} of 5`);
        titles.push(await title.textContent());
        await expect.poll(() => page.locator('[data-toured]').count(), patient).toBe(1);
        if (stop < 5) await page.getByRole('button', { name: 'Next', exact: true }).click();
      }
      expect(new Set(titles).size).toBe(5);
      await page.keyboard.press('Escape');
      await expect.poll(() => title.count(), patient).toBe(0);
      await expect.poll(() => page.locator('[data-toured]').count(), patient).toBe(0);
      await expect.poll(() => button.evaluate((own) => own.matches(':focus')), patient).toBe(true);
      // As soon as the next stop is there, before it has done what it does after the page is painted.
      await button.press('Enter');
      await expect.poll(() => title.textContent(), patient).toContain('1 of 5');
      await page.evaluate(async () => {
        const root = document.querySelector('entrgi-playground')!.shadowRoot!;
        [...root.querySelectorAll('button')].find(({ textContent }) => textContent === 'Next')!.click();
        for (
          let i = 0;
          i < 1000 && !root.querySelector('#tour-title')!.textContent!.includes('2 of 5');
          i++
        ) {
          await Promise.resolve();
        }
        document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
      });
      await expect.poll(() => title.count(), patient).toBe(0);
      await expect.poll(() => button.evaluate((own) => own.matches(':focus')), patient).toBe(true);
      expect(await page.locator('button.main').textContent()).toBe('Run again');

      await page.locator('.lane-1 .token').nth(3).focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('#write-token:focus').count(), patient).toBe(1);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('.lane-1 .token:focus').count(), patient).toBe(1);
      await expect.poll(() => page.locator('#write-token').count(), patient).toBe(0);

      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as a page' }).click(),
      ]);
      expect(saved.suggestedFilename()).toBe('replay.html');
      expect(complaints).toEqual([]);
    });

    it('saves a GIF, whose pictures Chromium decodes as the trace says', async () => {
      const { page, complaints } = await usual();
      await run(page);
      const save = async (name: string) => {
        const [saved] = await Promise.all([
          page.waitForEvent('download', patient),
          page.getByRole('button', { name }).click(),
        ]);
        return readFileSync(await saved.path());
      };
      const trace = await save('Save trace: Base model');
      const gif = await save('Save as a GIF');
      // A pixel of each cell of the upper grid, beside its text.
      const frames = await page.evaluate(
        async ({ bytes, tokens }) => {
          const data = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
          const decoder = new ImageDecoder({ data, type: 'image/gif' });
          await Promise.all([decoder.tracks.ready, decoder.completed]);
          const count = decoder.tracks.selectedTrack!.frameCount;
          const found: { ms: number; reds: number[] }[] = [];
          for (let frameIndex = 0; frameIndex < count; frameIndex++) {
            const { image } = await decoder.decode({ frameIndex });
            const context = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext('2d')!;
            context.drawImage(image, 0, 0);
            const red = (at: number) =>
              context.getImageData(24 + 60 * (at % 16), 59 + 26 * Math.floor(at / 16), 1, 1).data[0]!;
            found.push({
              ms: image.duration! / 1000,
              reds: Array.from({ length: tokens }, (_, i) => red(i)),
            });
          }
          return found;
        },
        { bytes: gif.toString('base64'), tokens: 16 },
      );
      const steps = trace
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).committed as { position: number }[]);
      expect(frames.map(({ ms }) => ms)).toEqual([...steps.map(() => 150), 2500]);
      frames.forEach(({ reds }, step) => {
        const written = new Set(steps.slice(0, step).flatMap((each) => each.map(({ position }) => position)));
        // Of the two colors of the picture, #c5… and #f3….
        expect(reds.map((red) => red > 0xdc)).toEqual(reds.map((_, position) => written.has(position)));
      });
      expect(complaints).toEqual([]);
    });

    it('is paused, stepped and stopped', async () => {
      const { page, complaints } = await usual();
      await page.evaluate(() => {
        location.hash = 'steps=64&maxNewTokens=32';
      });
      await page.getByRole('button', { name: 'Step', exact: true }).click();
      const counted = () => page.locator('.scrubber output').textContent();
      await expect.poll(counted, patient).toBe('1');
      await page.getByRole('button', { name: 'Step', exact: true }).click();
      await expect.poll(counted, patient).toBe('2');
      await page.getByRole('button', { name: 'Resume', exact: true }).click();
      await expect.poll(async () => Number(await counted()), patient).toBeGreaterThan(3);
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await until(page, 'Run again');
      expect(Number(await counted())).toBeLessThan(64);
      expect(complaints).toEqual([]);
    });

    it('shares memory where the host sends no headers for it, and works without a network', async () => {
      const { page, server } = await site.open(`?threads=2#${quick}`, {
        isolated: false,
        serviceWorkers: 'allow',
      });
      expect(await page.locator('.chip').textContent()).toBe('WebAssembly, 2 threads');
      await server.close();
      await page.reload();
      await until(page, 'Run');
      expect(await run(page)).toHaveLength(16);
      await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as a page' }).click(),
      ]);
    });

    it('sends little script', () => {
      const bytesOf = (path: string) => gzipSync(readFileSync(join(site.out, path))).length;
      const index = readFileSync(join(site.out, 'index.html'), 'utf8');
      const [, script] = /src="\.\/(assets\/[^"]+\.js)"/.exec(index)!;
      expect(bytesOf(script!)).toBeLessThan(60_000);
      // All that is not the runtime's: page, workers and what they load when it is needed, 212 kB on 27 November 2026.
      const scripts = readdirSync(join(site.out, 'assets')).filter((name) => name.endsWith('.js'));
      const own = scripts.filter((name) => !name.startsWith('ort.'));
      expect(own.length).toBeLessThan(scripts.length);
      const bytes = own.reduce((sum, name) => sum + bytesOf(`assets/${name}`), 0);
      expect(bytes).toBeLessThan(250_000);
    });
  },
);
