/** The program of worker processes. Beside the package's other entry, in its source and when built. */
export const workerEntry = new URL('./worker.js', import.meta.url);
