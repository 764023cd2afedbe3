// npm run pictures: what there is to look at, as PNG in .cache/pictures: the demo in terminals, the README's picture, the site's front page.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, noChromium, openBrowser, serveFolders } from '../packages/config/browser.js';

if (chromium === undefined) throw new Error(noChromium);
const here = import.meta.dirname;
const root = join(here, '..');
const out = join(root, '.cache/pictures');
mkdirSync(out, { recursive: true });
const source = `node --conditions=@entrgi/source --import ./apps/cli/src/testing/run-source.js apps/cli/src/main.ts`;

/** What a program writes to a terminal of that size (util-linux): all of it, and what there was when a share of its time had passed. */
const written = async (columns, rows, command, share = 1) => {
  const inside = `stty cols ${columns} rows ${rows}; ${command}`;
  const env = { ...process.env, TERM: 'xterm-256color', CI: '', NO_COLOR: undefined };
  const program = spawn('script', ['-qfec', inside, '/dev/null'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks = [];
  const start = performance.now();
  for await (const bytes of program.stdout) chunks.push({ at: performance.now() - start, bytes });
  const end = share * (performance.now() - start);
  const until = (time) =>
    Buffer.concat(chunks.filter(({ at }) => at <= time).map(({ bytes }) => bytes)).toString('utf8');
  return { whole: until(Number.POSITIVE_INFINITY), part: until(end) };
};

const library = (name) => readFileSync(join(here, 'node_modules/@xterm/xterm', name), 'utf8');
const browser = await openBrowser();

/** The screen that shows what was written. */
const screen = async (file, text, columns, rows) => {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1200 }, deviceScaleFactor: 2 });
  await page.setContent('<body style="margin:0"><div id="screen" style="display:inline-block"></div>');
  await page.addStyleTag({ content: library('css/xterm.css') });
  await page.addScriptTag({ content: library('lib/xterm.js') });
  await page.evaluate(
    ([given, cols, lines]) => {
      const terminal = new globalThis.Terminal({
        cols,
        rows: lines,
        fontFamily: 'DejaVu Sans Mono, monospace',
      });
      terminal.open(document.getElementById('screen'));
      return new Promise((resolve) => terminal.write(given, resolve));
    },
    [text, columns, rows],
  );
  await page.waitForTimeout(300);
  await page.locator('#screen').screenshot({ path: join(out, file) });
  await page.close();
  console.log(join(out, file));
};

for (const [columns, rows] of [
  [80, 24],
  [120, 40],
]) {
  const demo = await written(columns, rows, `${source} demo`, 0.7);
  await screen(`demo-${columns}x${rows}.png`, demo.whole, columns, rows);
  await screen(`demo-${columns}x${rows}-running.png`, demo.part, columns, rows);
  const help = await written(columns, rows, `${source} --help`);
  await screen(`help-${columns}x${rows}.png`, help.whole, columns, rows);
}

let site;
const shown = [['story', `file://${join(here, 'figures/story.svg')}`, 780, 560]];
if (existsSync(join(here, 'dist/index.html'))) {
  site = await serveFolders({ '/': join(here, 'dist') }, { isolated: false });
  shown.push(['site', `${site.origin}/`, 1280, 900], ['site-360', `${site.origin}/`, 360, 800]);
} else console.error('No docs/dist: `npm run docs` builds the site.');
for (const colorScheme of ['light', 'dark']) {
  for (const [name, address, width, height] of shown) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    await page.goto(address);
    await page.waitForTimeout(1000);
    await page.screenshot({ path: join(out, `${name}-${colorScheme}.png`) });
    await page.close();
    console.log(join(out, `${name}-${colorScheme}.png`));
  }
}
await browser.close();
await site?.close();
