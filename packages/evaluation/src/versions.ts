import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const versionIn = (path: string | URL): string => JSON.parse(readFileSync(path, 'utf8')).version;

/** Versions of what makes a result, by name. */
export const versions = (): Readonly<Record<string, string>> => ({
  entrgi: versionIn(new URL('../package.json', import.meta.url)),
  'onnxruntime-node': versionIn(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')),
  node: process.versions.node,
});
