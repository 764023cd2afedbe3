import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, noChromium, openBrowser, openProfile, serveFolders } from '@entrgi/config/browser';
import { openings } from '@entrgi/tiny-stories';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lanes } from './protocol/protocol.js';
import { settingsFromAddress } from './settings/settings-in-address.js';
import { type Distance, distance, playgroundInNode } from './testing/compare-runs.js';
import { type ModelServer, modelServer } from './testing/model-server.js';
import { sharedSite } from './testing/shared-site.js';
import { framesSince, openSite, run, until, watch } from './testing/site.js';

/** A run that takes a second or two. */
const quick = 'steps=8&maxNewTokens=16&guidanceSteps=2';

/** Nothing here is about time: the machine may be busy. */
const patient = { timeout: 60_000 };

const main = (page: Page) => page.locator('button.main');
const note = (page: Page) => page.locator('.note').textContent();

/** The script that computes, among the workers of a page; the runtime's threads are others. */
const computing = (page: Page) => page.workers().find((worker) => /\/worker-[^/]*$/.test(worker.url()))!;

describe.skipIf(chromium === undefined)(
  `in Chromium (${chromium ?? noChromium})`,
  { timeout: 300_000 },
  () => {
    let site: Awaited<ReturnType<typeof openSite>>;
    let node: Awaited<ReturnType<typeof playgroundInNode>>;
    let profile: string;
    let denying: BrowserContext;
    let models: ModelServer;
    beforeAll(async () => {
      profile = mkdtempSync(join(tmpdir(), 'entrgi-denied-'));
      mkdirSync(join(profile, 'Default'));
      // What a person sets as: sites may not save data.
      writeFileSync(
        join(profile, 'Default', 'Preferences'),
        JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
      );
      const fixtures = fileURLToPath(new URL('../../../packages/models/fixtures/', import.meta.url));
      models = await modelServer({
        'tiny/dream': join(fixtures, 'dream'),
        'tiny/reward': join(fixtures, 'qwen2-reward'),
      });
      [site, node, denying] = await Promise.all([
        sharedSite().then(openSite),
        playgroundInNode(),
        openProfile(profile),
      ]);
    }, 120_000);
    afterAll(async () => {
      await Promise.all([site?.close(), node?.dispose(), denying?.close(), models?.close()]);
      rmSync(profile, { recursive: true });
    });

    it('does without WebGPU, shared memory and storage, says so, and gives the tokens and rewards of Node', {
      // Half an hour of twenty long runs in one thread, where the machine is busy.
      timeout: 1_800_000,
    }, async () => {
      const prompts = process.env.ENTRGI_SLOW
        ? openings.filter((_, i) => i % 3 === 0).slice(0, 20)
        : openings.slice(0, 1);
      const length = process.env.ENTRGI_SLOW ? 'steps=32&maxNewTokens=64' : quick;
      const { page, complaints } = await site.open(`?device=webgpu&hub=${models.origin}#${length}`, {
        isolated: false,
        from: denying,
      });
      expect(await page.evaluate('caches.keys().catch(({ name }) => name)')).toBe('SecurityError');
      expect(await page.locator('.chip summary').textContent()).toBe('WebAssembly, 1 thread');
      const said = await note(page);
      expect(said).toContain('WebGPU cannot be used: ');
      expect(said).toContain('not cross-origin isolated');
      expect(said).toContain('store nothing');
      const theme = () => page.locator('entrgi-playground').getAttribute('theme');
      const before = await theme();
      await page.getByRole('button', { name: /^Switch to/ }).click();
      await expect.poll(theme, patient).not.toBe(before);

      const distances: Distance[] = [];
      for (const prompt of prompts) {
        await page.locator('#prompt').fill(prompt);
        await expect.poll(() => settingsFromAddress(new URL(page.url()).hash).prompt, patient).toBe(prompt);
        const settings = settingsFromAddress(new URL(page.url()).hash);
        distances.push(distance(await node.run(settings), await run(page, 600_000)));
      }
      const tokens = distances.reduce((sum, each) => sum + each.tokens, 0) / distances.length;
      expect(tokens, JSON.stringify(distances)).toBeGreaterThanOrEqual(0.99);
      expect(Math.max(...distances.map(({ reward }) => reward))).toBeLessThan(1e-4);
      const steps = distances.length * lanes.length * settingsFromAddress(length).steps;
      const otherDrafts = distances.reduce((sum, each) => sum + each.otherDrafts, 0);
      expect(otherDrafts / steps, JSON.stringify(distances)).toBeLessThanOrEqual(0.01);

      const card = page.locator('.models');
      await card.locator('summary').click();
      await card.getByRole('textbox', { name: /^Denoiser/ }).fill('tiny/dream');
      await card.getByRole('textbox', { name: /^Reward/ }).fill('tiny/reward');
      await card.getByRole('button', { name: 'Load' }).click();
      await expect.poll(() => card.locator('summary small').textContent(), patient).toBe('dream and reward');
      expect(await card.locator('.stored .says').first().textContent()).toBe(
        'Nothing: the browser stores nothing for this page, and fetches models at every visit.',
      );
      expect(complaints).toEqual([]);
    });

    it('says that a part of the page did not arrive, and begins when it does', async () => {
      let isCut = true;
      const server = await serveFolders(
        { '/': site.out },
        { cut: (path) => isCut && path.endsWith('.safetensors') },
      );
      const context = await site.browser.newContext({ serviceWorkers: 'block' });
      const page = await context.newPage();
      await watch(page);
      const missing = /^A part of this page did not arrive\. Is there a network\? /;
      const problem = page.locator('.problem');
      await page.goto(`${server.origin}/?threads=1#${quick}`);
      await expect.poll(() => problem.allTextContents(), patient).toEqual([expect.stringMatching(missing)]);
      expect(await main(page).textContent()).toBe('Load again');
      isCut = false;

      await page.route('**/*.wasm', (route) => route.abort());
      await main(page).click();
      await expect.poll(() => problem.allTextContents(), patient).toEqual([]);
      await expect.poll(() => problem.allTextContents(), patient).toEqual([expect.stringMatching(missing)]);
      await page.unroute('**/*.wasm');

      await main(page).click();
      await until(page, 'Run');
      expect(await run(page)).toHaveLength(16);
      await context.close();
      await server.close();
    });

    it('says that a browser without WebAssembly will not do', async () => {
      // As where a person has switched compilers off.
      const browser = await openBrowser({ args: ['--js-flags=--jitless'] });
      const { origin } = await site.serve();
      const page = await browser.newPage();
      await page.goto(`${origin}/#${quick}`);
      await expect
        .poll(() => page.locator('.problem').allTextContents(), patient)
        .toEqual([expect.stringMatching(/^This browser has no WebAssembly, .* another browser will do\.$/)]);
      await browser.close();
    });

    it('goes on in two tabs at once, one of them frozen for a while, and where the worker has ended', async () => {
      const { page, complaints, server } = await site.open(`?threads=1#${quick}`);
      const alone = await run(page);

      // Browsers freeze tabs that are hidden for long, their workers too.
      const session = await page.context().newCDPSession(page);
      await main(page).click();
      await expect.poll(() => page.evaluate('globalThis.reports.length'), patient).toBeGreaterThan(2);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
      const other = await page.context().newPage();
      const others = await watch(other);
      await other.goto(`${server.origin}/?threads=1#${quick}`);
      await until(other, 'Run');
      expect(await note(other)).toContain('open in another tab too');
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await until(page, 'Run again');
      expect(await framesSince(page)).toEqual(alone);

      expect(await Promise.all([run(page), run(other)])).toEqual([alone, alone]);
      await other.close();

      // As where the browser runs out of memory: no event tells.
      await main(page).click();
      await expect.poll(() => page.evaluate('globalThis.reports.length'), patient).toBeGreaterThan(2);
      await computing(page).evaluate('self.close()');
      await expect.poll(() => main(page).textContent(), patient).toBe('Load again');
      expect(await page.locator('.problem').textContent()).toContain('may have run out of memory');
      expect(await page.locator('.lane-0 .token:not(.masked)').count()).toBeGreaterThan(0);
      await framesSince(page);
      await main(page).click();
      await until(page, 'Run again');
      expect(await framesSince(page)).toEqual(alone);
      expect([...complaints, ...others]).toEqual([]);
    });

    // A software renderer compiles each graph for a minute or more.
    describe.runIf(process.env.ENTRGI_SLOW)('on WebGPU', { timeout: 3_600_000 }, () => {
      const few = 'steps=4&maxNewTokens=16&guidanceSteps=1&trajectories=1&temperature=0.1';
      let emulated: Awaited<ReturnType<typeof openBrowser>>;
      beforeAll(async () => {
        emulated = await openBrowser({ webgpu: true });
      });
      afterAll(() => emulated?.close());

      it('gives the tokens and rewards of Node, and goes on with WebAssembly when the card is lost', async () => {
        const { page } = await site.open(`?device=webgpu#${few}`, { from: emulated });
        expect(await page.locator('.chip').first().textContent()).toContain('WebGPU');
        const settings = settingsFromAddress(new URL(page.url()).hash);
        const expected = await node.run(settings);
        const onCard = distance(expected, await run(page, 3_000_000));
        expect(onCard.tokens).toBeGreaterThanOrEqual(0.99);
        expect(onCard.reward).toBeLessThan(1e-4);

        await main(page).click();
        await expect.poll(() => page.evaluate('globalThis.reports.length'), patient).toBeGreaterThan(0);
        const session = await emulated.newBrowserCDPSession();
        await session.send('Browser.crashGpuProcess');
        await expect.poll(() => main(page).textContent(), patient).toBe('Go on with WebAssembly');
        expect(await page.locator('.problem').textContent()).toContain('graphics card was lost');
        await framesSince(page);
        await main(page).click();
        await until(page, 'Run again');
        expect(await page.locator('.chip').first().textContent()).toContain('WebAssembly');
        expect(distance(expected, await framesSince(page)).reward).toBeLessThan(1e-4);
      });
    });
  },
);
