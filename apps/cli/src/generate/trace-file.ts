import { traceLine } from '@entrgi/evaluation/replay';
import { openDestination, writeFailure } from '@entrgi/onnx/node';

/** A JSONL file that appears under its name only when it is complete. */
export interface TraceFile {
  write(record: unknown): Promise<void>;
  /** Puts the file in its place. */
  keep(): Promise<void>;
  /** Leaves nothing behind. Harmless after `keep`. */
  discard(): Promise<void>;
}

/** Opens a trace. Lines go to a file beside `path` until `keep`; what is no regular file (a pipe, a terminal) is written directly. Throws DiskFullError and NotWritableError. */
export const openTrace = async (path: string): Promise<TraceFile> => {
  const { file, keep, discard } = await openDestination(path);
  const named = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw writeFailure(error, path);
    });
  return {
    write: (record) => named(file.writeFile(traceLine(record))),
    keep: () => named(keep()),
    discard,
  };
};
