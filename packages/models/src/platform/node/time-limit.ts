import vm from 'node:vm';
import { UnsupportedError } from '@entrgi/core';

/** Runs work that may search for longer than anybody waits, such as a stranger's `(a+)+$`. */
export type TimeLimit = <T>(work: () => T) => T;

const milliseconds = 900;

/**
 * Node's vm can interrupt a running expression.
 * `name` is what messages call the tokenizer.
 */
export const timeLimit = async (name: string): Promise<TimeLimit> => {
  runner ??= interruptible();
  const run = await runner;
  return <T>(work: () => T): T => {
    let result: { value: T } | undefined;
    try {
      run(() => {
        result = { value: work() };
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new UnsupportedError(`${name}: an expression of it takes too long on this text.`, {
        value: milliseconds,
        hint: 'Take the file from its original source, or shorten the text.',
        cause: error,
      });
    }
    return result!.value;
  };
};

type Runner = (work: () => void) => void;

/** One for all tokenizers: what a context of its own costs is a thousand times what it runs. */
let runner: Promise<Runner> | undefined;

const interruptible = async (): Promise<Runner> => {
  // Not every runtime that is not a browser has all of it.
  if (typeof vm.createContext !== 'function') return (work) => work();
  const sandbox = { work: (): void => {} };
  const context = vm.createContext(sandbox);
  const script = new vm.Script('work()');
  return (work) => {
    sandbox.work = work;
    try {
      script.runInContext(context, { timeout: milliseconds });
    } finally {
      sandbox.work = () => {};
    }
  };
};
