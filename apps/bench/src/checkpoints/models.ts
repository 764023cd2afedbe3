import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import type { ModelName } from '../cases/section.js';
import { writeRandomCheckpoint } from './random-checkpoint.js';
import { a2dShape, dreamShape, type Shape, skyworkShape, tableShape } from './shapes.js';

/** Rotary positions have no end of their own; beyond 256 tokens the embedded models write worse, which costs no time. */
const WINDOW = 8192;

/** Directory of the denoiser of a name. Makes it if need be. */
export const denoiserCheckpoint = (name: ModelName, cache: string): string => {
  if (name === 'embedded') return widened(denoiserDirectory, join(cache, 'embedded-denoiser'));
  if (name === '0.6b') return random('a2d-0.6b', a2dShape(), cache);
  return random('dream-7b', dreamShape(), cache);
};

/** The same of rewards; undefined where there is none of that size. */
export const rewardCheckpoint = (name: ModelName, cache: string): string | undefined => {
  if (name === 'embedded') return widened(rewardDirectory, join(cache, 'embedded-reward'));
  return name === '0.6b' ? random('skywork-0.6b', skyworkShape(), cache) : undefined;
};

/** A reward that is an embedding table and little else. */
export const tableCheckpoint = (vocabulary: number, cache: string): string =>
  random(`table-${vocabulary}`, tableShape({ vocabulary }), cache);

const random = (name: string, shape: Shape, cache: string): string => {
  const directory = join(cache, name);
  writeRandomCheckpoint(directory, shape, rewardDirectory);
  return directory;
};

/** A copy of an embedded model that takes long prompts. Copied every time: the weights in the package may be newer. */
const widened = (from: string, to: string): string => {
  cpSync(from, to, { recursive: true });
  const file = join(to, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...config, max_position_embeddings: WINDOW }, null, 2));
  return to;
};
