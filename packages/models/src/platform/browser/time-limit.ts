import type { timeLimit as inNode } from '../node/time-limit.js';

/** Browsers cannot interrupt an expression: there, the work is done in a worker that the page can end. */
export const timeLimit: typeof inNode = async () => (work) => work();
