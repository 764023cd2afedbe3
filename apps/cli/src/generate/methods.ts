import { type Relaxation, relaxations } from '@entrgi/core';
import { chooseByName, unknownName } from './choose-by-name.js';
import type { Settings } from './settings.js';

/** How a response is made: without guidance, or guided through a relaxation. */
export interface Method {
  readonly name: string;
  readonly relaxation: Relaxation | undefined;
  /** The settings as the method uses them. */
  effective(settings: Settings): Settings;
}

/** Sampling without guidance: one response, or the best of several. */
const unguided: Readonly<Record<string, Partial<Settings>>> = {
  base: { trajectories: 1, guidanceSteps: 0 },
  bon: { guidanceSteps: 0 },
};

/** What --method takes. */
export const methodNames: readonly string[] = [...Object.keys(unguided), ...Object.keys(relaxations)];

/** Throws InvalidArgumentError for an unknown name. */
export const chooseMethod = (name: string): Method => {
  if (!methodNames.includes(name)) throw unknownName('--method', name, methodNames);
  const fixed = Object.hasOwn(unguided, name) ? unguided[name] : undefined;
  return {
    name,
    relaxation: fixed === undefined ? chooseByName('--method', name, relaxations) : undefined,
    effective: (settings) => ({ ...settings, ...fixed }),
  };
};
