import { InvalidArgumentError } from '@entrgi/core';
import { CsvError, parse } from 'csv-parse/sync';
import type { DataRecord } from './parse-jsonl.js';

/**
 * The records of a CSV or TSV file with a header, by the names of their columns.
 * @throws InvalidArgumentError naming the line where a row has another number of columns
 */
export const parseCsv = (bytes: Uint8Array, file: string, delimiter: ',' | '\t'): DataRecord[] => {
  try {
    const rows: readonly { readonly record: unknown; readonly info: { readonly lines: number } }[] = parse(
      bytes,
      { columns: true, bom: true, skip_empty_lines: true, info: true, delimiter },
    );
    return rows.map(({ record, info }) => ({
      source: `${file}, line ${info.lines}`,
      value: () => record,
    }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new InvalidArgumentError(`${file}: ${cause.message}.`, {
      value: file,
      hint: 'Quote fields that have commas, quotes or line breaks in them.',
      cause,
    });
  }
};
