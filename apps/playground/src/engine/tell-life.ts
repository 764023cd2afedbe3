import { holdLife } from '@entrgi/backend-web/internal';

/** Of the locks that tell who lives; whoever sees one that is not its own knows that it is not alone. */
const LIVES = 'entrgi-life-';

/** Has the page hear of this worker's end: tells the lock that it holds until then, and how many other workers of this site live. */
export const tellLife = async (told: (lock: string, others: number) => void): Promise<void> => {
  const { held = [] } = (await navigator.locks?.query().catch(() => undefined)) ?? {};
  const others = held.filter(({ name }) => name?.startsWith(LIVES)).length;
  await holdLife(LIVES, (lock) => told(lock, others));
};
