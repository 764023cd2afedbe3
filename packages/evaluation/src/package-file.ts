import { readFileSync } from 'node:fs';

/**
 * A JSON file of this package, by its name beside package.json. This file is as deep as what is built of it.
 */
export const packageFile = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
