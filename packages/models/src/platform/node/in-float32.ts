import type { Checkpoint } from '../../checkpoint/checkpoint.js';

/** The checkpoint as it is: half precision is unpacked by the runtime, from the mapped file. */
export const inFloat32 = (checkpoint: Checkpoint): Checkpoint => checkpoint;
