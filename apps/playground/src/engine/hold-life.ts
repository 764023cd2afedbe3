/** Of the locks that tell who lives; whoever sees one that is not its own knows that it is not alone. */
const LIVES = 'entrgi-life-';

/**
 * Holds a lock as long as this worker lives: no event tells that a worker has ended, but whoever waits for its lock hears of it. `told` is given the
 * lock's name, and how many other workers of this site live. Where there are no locks, nothing happens.
 */
export const holdLife = async (told: (lock: string, others: number) => void): Promise<void> => {
  try {
    const { held = [] } = await navigator.locks.query();
    const others = held.filter(({ name }) => name?.startsWith(LIVES)).length;
    const lock = LIVES + crypto.randomUUID();
    await navigator.locks.request(lock, () => {
      told(lock, others);
      return new Promise(() => {});
    });
  } catch {
    // Denied with storage, or not offered: then an end is seen by whoever waits in vain.
  }
};
