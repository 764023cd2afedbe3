import { median } from './statistics.js';

/** What is timed: a name and the work. */
export interface Contestant {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/**
 * Times contestants in turn, round by round, so that a drift of the machine meets all of them alike.
 * The first round warms up and does not count. Returns the median milliseconds by name.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Map<string, number>> {
  const times = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of contestants) {
      const start = performance.now();
      await run();
      if (round > 0) times.get(name)!.push(performance.now() - start);
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
}
