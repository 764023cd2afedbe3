import { availableParallelism, totalmem } from 'node:os';

/** More processes than this win little where memory is what they wait for. */
const MOST = 8;

/**
 * As many worker processes as there are processors, results and room: twice the weights of each must fit into
 * half of the memory.
 */
export const defaultWorkers = (cells: number, modelBytes: number): number => {
  const room = Math.floor(totalmem() / 2 / (2 * Math.max(1, modelBytes)));
  return Math.max(1, Math.min(availableParallelism(), MOST, cells, room));
};
