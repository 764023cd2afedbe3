/** Seconds that some work takes, and what came of it. */
export const timed = async <T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> => {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
};
