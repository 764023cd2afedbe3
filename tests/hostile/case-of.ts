import { random } from '../fuzz/random.js';
import type { HostileCase, HostileGroup } from './hostile-case.js';

/** The case of that number; the same seed and number give the same case. */
export const caseOf = (group: HostileGroup, seed: number, index: number): HostileCase => {
  const kinds = Object.entries(group);
  const [name, kind] = kinds[index % kinds.length]!;
  const made = kind(random(seed, index));
  return { ...made, name: `${name}: ${made.name}` };
};
