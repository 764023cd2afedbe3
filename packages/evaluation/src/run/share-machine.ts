import { availableParallelism, totalmem } from 'node:os';

/** What processes share. */
interface Machine {
  readonly processors: number;
  readonly memory: number;
}

const thisMachine = (): Machine => ({ processors: availableParallelism(), memory: totalmem() });

/** More processes than this win little where memory is what they wait for. */
const MOST = 8;

/** What a process takes beside weights. */
const PROCESS_BYTES = 300e6;

/**
 * Weights that a processor's cache holds. A second thread only makes these slower: 15 MB took 6.1 s with one
 * thread and 7.3 s with two; 46 MB 7.5 s and 6.4 s. Two processes of one thread each took 3.2 s and 4.0 s.
 */
const SMALL_BYTES = 32e6;

/**
 * As many worker processes as there are processors, results and room: twice the weights of each must fit into
 * half of the memory.
 */
export const defaultWorkers = (cells: number, modelBytes: number, machine = thisMachine()): number => {
  const room = Math.floor(machine.memory / 2 / (2 * modelBytes + PROCESS_BYTES));
  const most = modelBytes < SMALL_BYTES ? Number.POSITIVE_INFINITY : MOST;
  return Math.max(1, Math.min(machine.processors, most, cells, room));
};

/** Threads of each of so many processes: one for small models, else its share of the processors. */
export const threadsEach = (workers: number, modelBytes: number, machine = thisMachine()): number =>
  modelBytes < SMALL_BYTES ? 1 : Math.max(1, Math.floor(machine.processors / workers));
