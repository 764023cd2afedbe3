import type { Checkpoint } from './checkpoint.js';

/** The first of `architectures` in config.json; '' where there is none. */
export const architectureName = ({ config }: Pick<Checkpoint, 'config'>): string => {
  const named: unknown = config.raw('architectures');
  const first: unknown = Array.isArray(named) ? named[0] : undefined;
  return typeof first === 'string' ? first : '';
};
