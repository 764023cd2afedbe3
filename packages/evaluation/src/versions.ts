import { createRequire } from 'node:module';
import { packageFile } from './package-file.js';

interface Manifest {
  readonly version: string;
}

/** Versions of what makes a result, by name. */
export const versions = (): Readonly<Record<string, string>> => ({
  entrgi: (packageFile('package.json') as Manifest).version,
  'onnxruntime-node': (createRequire(import.meta.url)('onnxruntime-node/package.json') as Manifest).version,
  node: process.versions.node,
});
