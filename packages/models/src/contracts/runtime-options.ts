import type { Backend } from '@entrgi/core';
import { type OptionNames, requireBackend, requireText, requireWhole } from '@entrgi/core/internal';

/** Where a model runs, and what it is called there. */
export interface RuntimeOptions {
  readonly backend: Backend;
  /** @default the name of the directory or of the repository */
  readonly name?: string | undefined;
  /**
   * Threads inside one operator.
   * @default the backend's
   */
  readonly threads?: number | undefined;
}

/** The options that each loader has for its sessions, by name. */
export const runtimeOptionNames: OptionNames<RuntimeOptions> = {
  backend: requireBackend,
  name: requireText,
  threads: (name, value) => requireWhole(name, value, 1),
};
