import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { pages } from '../site-pages.js';

const item = ({ to, title }: { to: string; title: string }) => ({
  text: title,
  link: `/${to.replace(/(index)?\.md$/, '')}`,
});
const all = pages();
const under = (folder: string) =>
  all.filter(({ to }) => to.startsWith(folder) && !to.endsWith('index.md')).map(item);
const named = (...names: string[]) => names.map((name) => item(all.find(({ to }) => to === `${name}.md`)!));

/** One page for each entry of a package. */
const reference = () =>
  readdirSync(join(import.meta.dirname, '../.site/reference'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && name !== 'index.md')
    .toSorted()
    .map((name) => ({
      text: name.replace(/\/index\.md$|\.md$/, ''),
      link: `/reference/${name.replace(/(index)?\.md$/, '')}`,
    }));

export default defineConfig({
  title: 'EntRGi',
  description:
    'Reward guidance with gradients for masked diffusion language models, in TypeScript on ONNX Runtime.',
  srcDir: '.site',
  outDir: 'dist',
  cleanUrls: true,
  // A server on one's own machine, in an example, is no page.
  ignoreDeadLinks: 'localhostLinks',
  // Pages are written as GitHub shows them; types such as `Promise<Float64Array>` are text, not elements.
  markdown: { html: false },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'Packages', link: '/packages/entrgi' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: [
      { text: 'Guide', items: named('getting-started', 'how-guidance-works', 'recipes', 'examples') },
      { text: 'Packages', items: under('packages/') },
      { text: 'Reference', collapsed: true, items: reference() },
      { text: 'Measured', items: named('what-guidance-does', 'performance', 'data-card') },
      { text: 'Project', items: named('overview', 'contributing') },
      { text: 'Decisions', collapsed: true, items: under('decisions/') },
    ],
    socialLinks: [{ icon: 'github', link: 'https://github.com/entrgi/entrgi' }],
    footer: { message: 'MIT licence' },
  },
});
