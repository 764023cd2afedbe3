// npm run pictures -w @entrgi/playground: every view, in three widths and both themes, as PNG in .cache/pictures/playground.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSite } from './site.js';
import { views } from './views.js';
import { themes, wearTheme } from './wear-theme.js';

const { values } = parseArgs({
  options: {
    widths: { type: 'string', default: '360,1024,1600' },
    settings: { type: 'string', default: '' },
  },
});
const out = fileURLToPath(new URL('../../../../.cache/pictures/playground', import.meta.url));
mkdirSync(out, { recursive: true });
const site = await buildSite();
try {
  for (const width of values.widths.split(',').map(Number)) {
    for await (const { name, page, extent } of views(site, { width, settings: values.settings })) {
      for (const theme of themes) {
        await wearTheme(page, theme);
        const path = join(out, `${name}-${width}-${theme}.png`);
        await page.screenshot({ path, fullPage: extent === 'page', animations: 'disabled' });
        console.log(path);
      }
    }
  }
} finally {
  await site.close();
}
