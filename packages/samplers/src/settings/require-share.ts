import { requireThat } from '@entrgi/core/internal';

/** Throws InvalidArgumentError unless `value` is a number between 0 and 1. */
export const requireShare = (name: string, value: number): void =>
  requireThat(
    name,
    value,
    'a number of at least 0 and at most 1',
    typeof value === 'number' && value >= 0 && value <= 1,
  );
