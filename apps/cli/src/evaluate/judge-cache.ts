import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../process/context.js';

/** Where answers of judges are kept. */
export const judgeCache = ({ env }: Context): string =>
  join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'entrgi', 'judge');
