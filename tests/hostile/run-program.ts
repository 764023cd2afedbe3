import { InvalidArgumentError } from '@entrgi/core';
import { entrgi } from '../../apps/cli/src/testing/capture.js';
import { HostileFinding } from './hostile-case.js';

/** Throws HostileFinding unless that is how the command line promises to end; an error that it does promise is thrown as one. */
export const judge = (
  status: number | null,
  stderr: string,
  allowed: readonly number[] = [0, 1, 2],
): void => {
  if (status === null || !allowed.includes(status)) {
    throw new HostileFinding('untyped', `exit status ${status}: ${stderr.slice(0, 500)}`);
  }
  const isSaid = status === 0 ? stderr === '' : /^entrgi: [^\n]*\n$/.test(stderr);
  if (!isSaid || stderr.includes('please report it')) {
    throw new HostileFinding('untyped', `exit status ${status} with ${JSON.stringify(stderr.slice(0, 500))}`);
  }
  if (stderr.length > 4000) throw new HostileFinding('untyped', `a line of ${stderr.length} characters`);
  if (status === 1 || status === 2) throw new InvalidArgumentError(stderr);
};

/** Runs a command line in this process. */
export const runCommand = async (...argv: readonly string[]): Promise<void> => {
  const { status, stderr } = await entrgi(argv);
  judge(status, stderr);
};
