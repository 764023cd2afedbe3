import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Transformed sources by their hash: a process that runs from source starts in half the time, and there are hundreds in the tests. */
const cache = new URL('../../../../node_modules/.cache/entrgi-source/', import.meta.url);

export const registerHooks = () => register(import.meta.url);

/** Sources import each other as './x.js'; the file is './x.ts'. */
export const resolve = (specifier, context, next) => {
  if (!/^\.{1,2}\/.*\.js$/.test(specifier)) return next(specifier, context);
  const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
  return next(existsSync(source) ? source.href : specifier, context);
};

export const load = async (url, context, next) => {
  if (!url.endsWith('.ts')) return next(url, context);
  const text = await readFile(fileURLToPath(url), 'utf8');
  const file = new URL(`${createHash('sha256').update(text).digest('hex')}.js`, cache);
  const source = (await readOr(file)) ?? (await transformed(text, file));
  return { format: 'module', source, shortCircuit: true };
};

const readOr = async (file) => {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
};

const transformed = async (text, file) => {
  const { transform } = await import('esbuild');
  const { code } = await transform(text, { loader: 'ts', target: 'es2022' });
  // Whole or not at all: other processes and threads read it, and write it, at the same time.
  const partial = new URL(`${file.href}.${randomUUID()}`);
  await mkdir(cache, { recursive: true });
  await writeFile(partial, code);
  await rename(partial, file);
  return code;
};
