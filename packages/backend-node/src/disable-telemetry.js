import { isMainThread } from 'node:worker_threads';

const NAME = 'ORT_DISABLE_TELEMETRY';

/**
 * onnxruntime reports to its maker by default: it keeps files in the user's cache and in the temporary folder and resolves the maker's host, and
 * the same code reads the command line with some 270 bytes of stack for each character, which overflows. The library looks at the process's
 * environment as it loads, once. A value that is there already was chosen, `0` included, and stays.
 * Throws a plain error with a `hint` in a thread that cannot set it: threads get copies of the environment.
 */
export const disableTelemetry = (environment = process.env, main = isMainThread) => {
  if (environment[NAME] !== undefined && environment[NAME] !== '') return;
  if (!main) {
    throw Object.assign(
      new Error(
        `onnxruntime would report to its maker: expected ${NAME} to be set before the thread starts.`,
      ),
      { hint: `Set ${NAME}=1 in the environment of the process, or make the backend in the main thread.` },
    );
  }
  environment[NAME] = '1';
};
