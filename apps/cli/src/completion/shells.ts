import { bash } from './bash.js';
import { fish } from './fish.js';
import type { CommandWords } from './words.js';
import { zsh } from './zsh.js';

/** The script of every shell that there is one for. */
export const shells: Readonly<Record<string, (commands: readonly CommandWords[]) => string>> = {
  bash,
  zsh,
  fish,
};
