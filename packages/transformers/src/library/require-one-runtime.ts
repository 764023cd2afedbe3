import { BackendError } from '@entrgi/core';

/**
 * Throws BackendError where Transformers.js would load another version of onnxruntime-node than we do: a
 * process loads one native library of a name, and the other's binding does not fit it (on Linux: "version
 * `VERS_1.29.0' not found"). Looks from `here`, the address of a module beside which both are found; says
 * nothing where one of them is not installed.
 */
export const requireOneRuntime = async (here: string = import.meta.url): Promise<void> => {
  const ours = await versionFrom(here);
  const library = await resolveFrom(here, '@huggingface/transformers');
  const theirs = library && (await versionFrom(library));
  if (ours === undefined || theirs === undefined || ours === theirs) return;
  throw new BackendError(
    `Expected one version of onnxruntime-node, got ${ours}, and ${theirs} of @huggingface/transformers.`,
    {
      value: theirs,
      hint: `Run \`npm install onnxruntime-node@${theirs}\`.`,
    },
  );
};

const versionFrom = async (place: string): Promise<string | undefined> => {
  const manifest = await resolveFrom(place, 'onnxruntime-node/package.json');
  if (manifest === undefined) return undefined;
  const { readFile } = await import('node:fs/promises');
  return JSON.parse(await readFile(manifest, 'utf8')).version;
};

const resolveFrom = async (place: string, name: string): Promise<string | undefined> => {
  const { createRequire } = await import('node:module');
  try {
    return createRequire(place).resolve(name);
  } catch {
    return undefined;
  }
};
