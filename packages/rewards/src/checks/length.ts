import { requireThat } from '@entrgi/core/internal';
import type { Check } from '../verifiable-reward.js';

/**
 * Whether the response has so many words.
 * @throws InvalidArgumentError for bounds that no text keeps to
 */
export const length = ({
  atLeast = 0,
  atMost = Number.POSITIVE_INFINITY,
}: {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}): Check => {
  const holds = atLeast >= 0 && atMost >= atLeast;
  requireThat('length', [atLeast, atMost], 'atLeast of at least 0, and atMost not below it', holds);
  return (response) => {
    const words = response.split(/\s+/).filter((word) => word !== '').length;
    return words >= atLeast && words <= atMost;
  };
};
