import { randomStream } from '@entrgi/core';

/**
 * In which order a response of so many tokens is revealed: its slots in random order, the same for the same
 * seed, in up to `steps` groups of sizes as equal as can be, each ascending.
 */
export const revealOrder = (length: number, steps: number, seed: number): Int32Array[] => {
  const random = randomStream({ seed, prompt: 0, trajectory: 0, step: length, purpose: 'order' });
  const slots = Int32Array.from({ length }, (_, slot) => slot);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [slots[i], slots[j]] = [slots[j]!, slots[i]!];
  }
  const groups = Math.min(steps, length);
  return Array.from({ length: groups }, (_, g) =>
    slots.slice(Math.floor((g * length) / groups), Math.floor(((g + 1) * length) / groups)).sort(),
  );
};
