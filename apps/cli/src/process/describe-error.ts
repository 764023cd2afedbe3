import { EntrgiError } from '@entrgi/core';
import { clipMessage } from '@entrgi/core/internal';
import { withoutControls } from './without-controls.js';

/** What the operating system's codes mean of a file that is read, and what to do about them. */
const systemErrors: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory. Check the path.',
  EACCES: 'permission denied. Check its permissions.',
  EPERM: 'operation not permitted. Check its permissions.',
  EISDIR: 'it is a directory. Name a file.',
  ENOTDIR: 'a part of the path is not a directory. Check the path.',
  ELOOP: 'it is a link that leads back to itself. Check the path.',
  ENAMETOOLONG: 'the name is too long. Choose a shorter one.',
  EMFILE: 'too many open files. Close some and run again.',
};

/** What an option of the library is called on the command line. */
export type Flags = ReadonlyMap<string, string>;

/** One line that says what went wrong, where, and what to do. */
export const describeError = (error: unknown, flags: Flags = new Map()): string =>
  singleLine(clipMessage(sentence(error, flags)));

const sentence = (error: unknown, flags: Flags): string => {
  if (EntrgiError.isInstance(error)) return withFlagsInHint(withFlag(error, flags), error, flags);
  if (!(error instanceof Error)) return `Unexpected failure: ${String(error)}. ${report}`;
  const { code, path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const meaning = code === undefined ? undefined : systemErrors[code];
  const where = dest ?? path;
  if (meaning !== undefined && where !== undefined) return `${where}: ${meaning}`;
  return `Unexpected ${error.name}: ${error.message.replace(/\.?$/, '.')} ${report}`;
};

/** The message, in which the option at fault has the name that the user knows: `stream: topP: expected …` is about `--top-p`. */
const withFlag = ({ message, argument = '' }: EntrgiError, flags: Flags): string => {
  const flag = flags.get(argument);
  // Behind the name of a function, which users do not call, or of what was loaded.
  const [before] = /^(?:\S+: )?/.exec(message)!;
  const at = message.startsWith(argument) ? 0 : before.length;
  if (flag === undefined || !message.startsWith(`${argument}: `, at)) return message;
  const kept = /^\w+: $/.test(before) ? '' : message.slice(0, at);
  return `${kept}${flag}${message.slice(at + argument.length)}`;
};

/** A hint that names options with values, `blockLength: 32`, names them as they are written: `--block-length 32`. */
const withFlagsInHint = (text: string, { hint }: EntrgiError, flags: Flags): string => {
  if (hint === undefined || !text.endsWith(hint)) return text;
  const written = hint.replaceAll(/\b(\w+): (?:'([\w-]+)'|(\d+))/g, (all, name, word, number) =>
    flags.has(name) ? `${flags.get(name)} ${word ?? number}` : all,
  );
  return text.slice(0, -hint.length) + written;
};

const report = 'Run again with ENTRGI_DEBUG=1 to see where, and please report it.';

const singleLine = (text: string): string =>
  withoutControls(text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')).trim();
