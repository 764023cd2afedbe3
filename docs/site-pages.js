import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** The first heading of a page, or the name in its front matter. */
export const titleOf = (markdown) =>
  (/^# (.+)$/m.exec(markdown) ?? /^ {2}name: (.+)$/m.exec(markdown))?.[1].replaceAll('`', '') ?? '';

/** What the packages are in, from the outside in. */
const packages = [
  'entrgi',
  'samplers',
  'rewards',
  'transformers',
  'models',
  'core',
  'backend-node',
  'backend-web',
  'evaluation',
  'tiny-stories',
  'autodiff',
  'onnx',
];

const markdownIn = (folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));

/** Every page but the reference: the file in the repository, and where it is on the site. */
export const pages = () => {
  const known = readdirSync(join(root, 'packages')).filter((name) => name !== 'config');
  const ordered = [
    ...packages.filter((name) => known.includes(name)),
    ...known.filter((name) => !packages.includes(name)),
  ];
  return [
    ...markdownIn('docs').map((name) => ({ from: `docs/${name}`, to: name })),
    { from: 'README.md', to: 'overview.md' },
    { from: 'CONTRIBUTING.md', to: 'contributing.md' },
    { from: 'examples/README.md', to: 'examples.md' },
    ...ordered.map((name) => ({ from: `packages/${name}/README.md`, to: `packages/${name}.md` })),
    { from: 'apps/cli/README.md', to: 'packages/cli.md' },
    { from: 'packages/tiny-stories/DATA_CARD.md', to: 'data-card.md' },
    { from: 'apps/bench/README.md', to: 'performance.md' },
    ...markdownIn('docs/decisions').map((name) => ({
      from: `docs/decisions/${name}`,
      to: `decisions/${name === 'README.md' ? 'index.md' : name}`,
    })),
  ].map((page) => {
    const markdown = readFileSync(join(root, page.from), 'utf8');
    return { ...page, markdown, title: titleOf(markdown), folder: dirname(page.from) };
  });
};
