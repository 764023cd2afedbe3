import { readdirSync } from 'node:fs';
import { library } from '@entrgi/config/tsup';

/** What differs between Node and browsers: whoever runs or bundles this package chooses by the condition `browser` of package.json's `imports`. */
const platforms = ['node', 'browser'].flatMap((platform) =>
  readdirSync(`src/platform/${platform}`)
    .filter((file) => !file.includes('.test.'))
    .map((file) => `src/platform/${platform}/${file}`),
);

export default library(['src/index.ts', 'src/internal.ts', ...platforms], {
  external: [/^node:/, /^#platform\//],
});
