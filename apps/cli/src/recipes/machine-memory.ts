import { totalmem } from 'node:os';

/** Bytes of the machine, or of the container that the process is in. */
export const machineMemory = (): number => {
  const constrained = process.constrainedMemory?.() ?? 0;
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
};
