import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

const published = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((directory) => existsSync(join(root, directory, 'package.json')))
  .map((directory) => ({
    directory,
    manifest: JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8')),
  }))
  .filter(({ manifest }) => manifest.private !== true);

describe.each(published)('$directory', ({ directory, manifest }) => {
  test('says what it is, whose it is, and where it comes from', () => {
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/\w.*\.$/),
      keywords: expect.arrayContaining(['entrgi']),
      license: 'MIT',
      author: expect.any(String),
      homepage: `https://github.com/entrgi/entrgi/tree/main/${directory}#readme`,
      repository: { type: 'git', url: 'git+https://github.com/entrgi/entrgi.git', directory },
      bugs: { url: 'https://github.com/entrgi/entrgi/issues' },
      engines: { node: '>=20' },
      publishConfig: { access: 'public' },
    });
    expect(manifest.files).toContain('CHANGELOG.md');
  });

  test('has a licence and a README', () => {
    for (const file of ['LICENSE', 'README.md'])
      expect(existsSync(join(root, directory, file)), file).toBe(true);
  });

  test('has the files of its commands before anything is built', () => {
    // npm links a command of a workspace only if its file exists while installing.
    for (const file of Object.values<string>(manifest.bin ?? {})) {
      expect(readFileSync(join(root, directory, file), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
      expect(file).not.toMatch(/^(\.\/)?dist\//);
    }
  });
});

test('the tarballs hold sources, and neither tests nor what only tests use nor what was made here', () => {
  const listed = execFileSync(
    'npm',
    [
      'pack',
      '--dry-run',
      '--json',
      '--ignore-scripts',
      ...published.flatMap(({ directory }) => ['-w', directory]),
    ],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], shell: process.platform === 'win32' },
  );
  const packages: { name: string; files: { path: string }[] }[] = JSON.parse(listed);
  expect(packages.map(({ name }) => name).toSorted()).toEqual(
    published.map(({ manifest }) => manifest.name).toSorted(),
  );
  for (const { name, files } of packages) {
    const wrong = files
      .map(({ path }) => path)
      .filter((path) => /\.test\.|(^|\/)(testing|fixtures|coverage)\/|-q[48]-\w+\.safetensors$/.test(path))
      // For tests of others: `@entrgi/core/testing` is an entry.
      .filter((path) => name !== '@entrgi/core' || !/^(src|dist)\/testing\//.test(path));
    expect(wrong, name).toEqual([]);
  }
}, 60_000);

test('the lock file names no registry', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "https?:/);
});
