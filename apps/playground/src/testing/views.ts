import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveFolders } from '@entrgi/config/browser';
import type { BrowserContext, Page } from 'playwright-core';
import { copyAltered } from '../../../../packages/models/fixtures/copy-altered.js';
import type { Lane } from '../protocol/protocol.js';
import { tourStops } from '../view/tour-stops.js';
import { modelServer } from './model-server.js';
import { type openSite, until } from './site.js';

export interface View {
  readonly name: string;
  readonly page: Page;
  /** What of it is looked at: the whole page, or as much of it as a window shows. */
  readonly extent: 'page' | 'window';
}

interface Options {
  /** Of the window, in pixels. */
  readonly width: number;
  /** As in the fragment of the page's address. */
  readonly settings: string;
}

type Site = Awaited<ReturnType<typeof openSite>>;

/** Nothing here is about time: the machine may be busy. */
const patient = { timeout: 60_000 };

/** Every view of the playground, one after the other, without motion: each page is as the view needs it until the next one is asked for. */
export async function* views(site: Site, { width, settings }: Options): AsyncGenerator<View> {
  const context = await site.browser.newContext({
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  try {
    yield* beginnings(site, context, settings);
    yield* runs(site, context, settings);
    yield* ownModels(site, context);
    yield* embedded(site, context);
  } finally {
    await context.close();
  }
}

/** Pages that are loading, that cannot, and that do not get what they ask for. */
async function* beginnings(site: Site, context: BrowserContext, settings: string): AsyncGenerator<View> {
  const { origin } = await site.serve();
  const waiting = await context.newPage();
  await waiting.route('**/*.safetensors', () => {});
  await waiting.goto(`${origin}/#${settings}`);
  await waiting.locator('.note progress').waitFor(patient);
  yield { name: 'loading', page: waiting, extent: 'page' };
  await waiting.close();

  const broken = await context.newPage();
  await broken.route('**/worker-*.js', (route) => route.abort());
  await broken.goto(`${origin}/#${settings}`);
  await broken.locator('.problem').waitFor(patient);
  yield { name: 'failed', page: broken, extent: 'page' };
  await broken.close();

  const { page } = await site.open(`?device=webgpu#${settings}`, { from: context, isolated: false });
  await page.locator('.chip summary').click();
  yield { name: 'device', page, extent: 'window' };
  await page.close();
}

/** All that one page goes through. */
async function* runs(site: Site, context: BrowserContext, settings: string): AsyncGenerator<View> {
  const { page } = await site.open(`?threads=2#${settings}`, { from: context });
  const whole = (name: string): View => ({ name, page, extent: 'page' });
  const main = page.locator('button.main');
  const token = (lane: Lane, position: number) => page.locator(`.lane-${lane} .token`).nth(position);
  const look = async (share: number) => {
    const steps = Number(await page.locator('.scrubber input').getAttribute('max'));
    await page.locator('.scrubber input').fill(String(Math.ceil(share * steps)));
  };
  yield whole('start');
  const prompt = page.locator('#prompt');
  const opening = await prompt.inputValue();
  await prompt.fill('');
  await page.locator('.note').getByText('Nothing can be run').waitFor(patient);
  yield whole('no-prompt');
  await prompt.fill(opening);

  await main.click();
  await page.locator('.lane-1 .token:not(.masked)').first().waitFor(patient);
  yield whole('running');
  await until(page, 'Run again', 600_000);
  yield whole('finished');
  for (const colours of ['guidance', 'gradient', 'entropy', 'step']) {
    await page.locator('#colours').selectOption(colours);
    await look(1 / 3);
    yield whole(`scrubbed-${colours}`);
  }
  await page.locator('#colours').selectOption('certainty');
  await look(1 / 3);
  yield whole('scrubbed');
  await look(1);

  await token(1, 5).hover();
  yield whole('candidates');
  await token(1, 6).click();
  yield whole('held');
  await page.locator('#write-token').fill('extraterrestrial');
  await page.keyboard.press('Enter');
  await page.locator('#write-problem').getByText('no single token').waitFor(patient);
  yield whole('no-token');
  await page.locator('#write-token').fill('happy');
  await page.keyboard.press('Enter');
  await until(page, 'Run again', 600_000);
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  yield whole('locked');
  await page.getByRole('button', { name: 'Unlock all (1)' }).click();
  await token(1, 6).press('Escape');

  await page.getByRole('button', { name: 'Tour', exact: true }).click();
  for (let stop = 1; stop <= tourStops.length; stop++) {
    await page.locator('#tour-title').getByText(`${stop} of`).waitFor(patient);
    yield { name: `tour-${stop}`, page, extent: 'window' };
    if (stop < tourStops.length) await page.getByRole('button', { name: 'Next', exact: true }).click();
  }
  await page.keyboard.press('Escape');

  await page.locator('.models summary').click();
  await page.getByLabel('Denoiser, which writes: id').fill('no model');
  await page.getByRole('button', { name: 'Load', exact: true }).click();
  await page.locator('.models .problem').waitFor(patient);
  await page.evaluate(() => {
    const root = document.querySelector('entrgi-playground')!.shadowRoot!;
    for (const details of root.querySelectorAll('details')) details.open = true;
  });
  yield whole('unfolded');
  await page.getByLabel('Denoiser, which writes: id').fill('');

  await page.evaluate((fragment) => {
    location.hash = fragment;
  }, `methods=best-of-n.entrgi&trajectories=2&${settings}`);
  await main.click();
  await until(page, 'Run again', 600_000);
  yield whole('trajectories');

  const file = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Once upon a time') };
  await page.locator('.files input[type=file]').setInputFiles(file);
  await page.locator('.prompt .problem').waitFor(patient);
  yield whole('wrong-file');

  const traces = [];
  for (const name of ['Best of n', 'EntRGi']) {
    const [saved] = await Promise.all([
      page.waitForEvent('download', patient),
      page.getByRole('button', { name: `Save trace: ${name}` }).click(),
    ]);
    const buffer = readFileSync(await saved.path());
    traces.push({ name: saved.suggestedFilename(), mimeType: 'application/jsonl', buffer });
  }
  await page.locator('.files input[type=file]').setInputFiles(traces[1]!);
  await page.locator('.lane-0 h3').getByText('from a file').waitFor(patient);
  yield whole('file');
  await page.locator('.files input[type=file]').setInputFiles(traces);
  await page.locator('.lane-1 h3').getByText('from a file').waitFor(patient);
  yield whole('files');
  await page.getByRole('button', { name: 'Tour', exact: true }).click();
  await page.locator('#tour-title').waitFor(patient);
  yield { name: 'tour-question', page, extent: 'window' };
  await page.close();
}

/** With models of the hub: while they arrive, when they do not, and when they write. */
async function* ownModels(site: Site, context: BrowserContext): AsyncGenerator<View> {
  const folder = mkdtempSync(join(tmpdir(), 'entrgi-views-'));
  // Random text takes more tokens to read than to write.
  const roomy = { 'config.json': (config: object) => ({ ...config, max_position_embeddings: 256 }) };
  for (const name of ['dream', 'qwen2-reward']) await copyAltered(name, join(folder, name), roomy);
  const models = await modelServer({
    'tiny/dream': join(folder, 'dream'),
    'tiny/reward': join(folder, 'qwen2-reward'),
  });
  try {
    const { page } = await site.open(`?threads=2&hub=${models.origin}#steps=4&maxNewTokens=16`, {
      from: context,
    });
    const card = page.locator('.models');
    const whole = (name: string): View => ({ name, page, extent: 'page' });
    await card.locator('summary').click();
    await page.getByLabel('Denoiser, which writes: id').fill('tiny/dream');
    await page.getByLabel('Reward, which guides: id').fill('tiny/reward');
    models.fault = (path) => (path.endsWith('.safetensors') ? { stalls: true } : undefined);
    await card.getByRole('button', { name: 'Load', exact: true }).click();
    await card.locator('progress').waitFor(patient);
    yield whole('models-loading');
    await card.getByRole('button', { name: 'Stop loading' }).click();
    await card.locator('.problem').waitFor(patient);
    yield whole('models-stopped');
    models.fault = () => undefined;
    await card.getByRole('button', { name: 'Try again' }).click();
    await card.locator('.stored li').nth(1).waitFor(patient);
    await until(page, 'Run');
    await page.locator('#prompt').fill('Hi.');
    await page.locator('button.main').click();
    await until(page, 'Run again', 600_000);
    yield whole('models-loaded');
    await page.close();
  } finally {
    await models.close();
    rmSync(folder, { recursive: true });
  }
}

/** In a page of somebody else's, on another host. */
async function* embedded(site: Site, context: BrowserContext): AsyncGenerator<View> {
  const { origin } = await site.serve();
  const foreign = await serveFolders({ '/': join(import.meta.dirname, 'foreign') });
  try {
    const page = await context.newPage();
    await page.goto(foreign.origin);
    await page.addScriptTag({ type: 'module', url: `${origin}/playground.js` });
    await until(page, 'Run', 600_000);
    await page.locator('button.main').click();
    await page.locator('.lane-1 .token:not(.masked)').first().waitFor(patient);
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    yield { name: 'embedded', page, extent: 'page' };
    await page.close();
  } finally {
    await foreign.close();
  }
}
