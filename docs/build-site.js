// npm run docs: gathers the pages from all over the repository, writes the reference, and builds the site into docs/dist. Needs no network.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pages, root, titleOf } from './site-pages.js';

const here = import.meta.dirname;
const [gathered, built] = [join(here, '.site'), join(here, 'dist')];
const repository = 'https://github.com/entrgi/entrgi';

const run = (command, ...words) =>
  execFileSync(process.execPath, [join(here, 'node_modules', command), ...words], {
    cwd: here,
    stdio: 'inherit',
  });

/** Where a link of a page leads: to another page, to a picture beside it, or to the file in the repository. */
const linkFrom = (page, all) => (whole, before, target) => {
  const [path, hash = ''] = target.split(/(?=#)/);
  // A link within the page, elsewhere, or from the root of the site.
  if (/^(#|\/|[a-z]+:)/.test(path)) return whole;
  const inRepository = posix.normalize(posix.join(page.folder, path));
  const file = [inRepository, posix.join(inRepository, 'README.md')].find((name) => all.has(name));
  if (file !== undefined) {
    const to = posix.relative(posix.dirname(page.to), all.get(file).to);
    return `${before}${to.startsWith('.') ? to : `./${to}`}${hash})`;
  }
  if (inRepository.startsWith('docs/figures/')) {
    const to = posix.relative(posix.dirname(page.to), inRepository.slice('docs/'.length));
    return `${before}${to.startsWith('.') ? to : `./${to}`})`;
  }
  const kind = statSync(join(root, inRepository)).isDirectory() ? 'tree' : 'blob';
  return `${before}${repository}/${kind}/main/${inRepository}${hash})`;
};

const gather = () => {
  const all = new Map(pages().map((page) => [page.from, page]));
  for (const page of all.values()) {
    const to = join(gathered, page.to);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, page.markdown.replace(/(\]\()([^)\s]+)\)/g, linkFrom(page, all)));
  }
  cpSync(join(here, 'figures'), join(gathered, 'figures'), { recursive: true });
};

/** The pages in their order, then the reference. */
const gatheredPages = () => [
  ...pages().map(({ to }) => to),
  ...readdirSync(join(gathered, 'reference'), { recursive: true })
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => join('reference', name)),
];

/** What programs read: every page as markdown beside its HTML, and a list of them. */
const writeForPrograms = () => {
  const listed = gatheredPages().map((name) => {
    const markdown = readFileSync(join(gathered, name), 'utf8');
    mkdirSync(dirname(join(built, name)), { recursive: true });
    writeFileSync(join(built, name), markdown);
    return `- [${titleOf(markdown) || name}](/${name.replaceAll('\\', '/')})`;
  });
  const words = [
    '# EntRGi for TypeScript',
    '',
    '> Reward guidance with gradients for masked diffusion language models (Dream, LLaDA), in Node, on ONNX Runtime. Start with getting-started.md.',
    '',
    '## Pages',
    '',
    ...listed,
    '',
  ];
  writeFileSync(join(built, 'llms.txt'), words.join('\n'));
};

if (!existsSync(join(here, 'node_modules'))) {
  console.error('The site has dependencies of its own: npm ci --prefix docs');
  process.exit(1);
}
rmSync(gathered, { recursive: true, force: true });
gather();
run('typedoc/bin/typedoc', '--logLevel', 'Error');
run('vitepress/bin/vitepress.js', 'build', '.');
writeForPrograms();
