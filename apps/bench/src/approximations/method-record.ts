import { existsSync, readFileSync } from 'node:fs';

/** One opening under one method and seed. */
export interface MethodRecord {
  readonly method: string;
  readonly seed: number;
  readonly opening: number;
  readonly top1: number;
  readonly avg: number;
  readonly milliseconds: number;
  readonly best: string;
}

/** The records of a JSONL file; none where there is no file yet. */
export const readRecords = <Recorded extends MethodRecord = MethodRecord>(file: string): Recorded[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    : [];
