/** Seconds of processor time that some work takes in this process, and what came of it: other programs do not count. */
export const processorTime = async <T>(
  work: () => T | Promise<T>,
): Promise<{ seconds: number; result: T }> => {
  const start = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(start);
  return { seconds: (user + system) / 1e6, result };
};
