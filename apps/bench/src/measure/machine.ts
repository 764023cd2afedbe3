import { availableParallelism, cpus, totalmem } from 'node:os';

/** What a figure depends on: processor, cores, memory, versions. */
export const machine = () => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  memoryGB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
});
