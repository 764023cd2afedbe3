import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeClassifier } from './write-classifier.js';
import { writeLibraryModels } from './write-library-models.js';

const root = join(import.meta.dirname, '../..');

/** Packages and applications that are published, as folders. */
export const published: readonly string[] = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((folder) => existsSync(join(root, folder, 'package.json')))
  .filter((folder) => manifestOf(join(root, folder)).private !== true);

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * A project outside the repository with every package installed from its tarball. What they depend on, and nothing else, is linked from the repository's
 * node_modules, where npm has put it: no network, and what is imported without being declared is not found. Resolves to its folder.
 */
export const freshProject = async (): Promise<string> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'entrgi-project-')));
  mkdirSync(join(folder, 'tarballs'));
  const packed = execFileSync(
    'npm',
    [
      'pack',
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      join(folder, 'tarballs'),
      ...published.flatMap((name) => ['-w', name]),
    ],
    { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], shell: process.platform === 'win32' },
  );
  const needed = new Map([
    ['typescript', root],
    ['@types/node', root],
  ]);
  for (const { name, filename } of JSON.parse(packed) as { name: string; filename: string }[]) {
    const installed = join(folder, 'node_modules', name);
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', [
      '-xzf',
      join(folder, 'tarballs', filename),
      '-C',
      installed,
      '--strip-components=1',
    ]);
    const { dependencies, peerDependencies } = manifestOf(installed);
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies }))
      needed.set(dependency, workspaceOf(name));
  }
  for (const [name, from] of needed) link(name, from, folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  await addFiles(folder);
  return folder;
};

const workspaceOf = (name: string): string => {
  const found = published.find((folder) => manifestOf(join(root, folder)).name === name);
  return join(root, found!);
};

/** As npm has it: beside the package, or in the root. */
const link = (name: string, from: string, project: string): void => {
  const to = join(project, 'node_modules', name);
  if (existsSync(to)) return;
  const target = [from, root]
    .map((place) => join(place, 'node_modules', name))
    .find((place) => existsSync(place));
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(target!), to, 'junction');
};

/** What the pages take for granted that a reader has. */
const addFiles = async (folder: string): Promise<void> => {
  cpSync(join(folder, 'node_modules/@entrgi/tiny-stories/models'), join(folder, 'models'), {
    recursive: true,
  });
  cpSync(join(root, 'packages/backend-node/fixtures'), join(folder, 'fixtures'), { recursive: true });
  await writeClassifier(join(folder, 'classifier.onnx'));
  await writeLibraryModels(join(folder, 'models'));
};
