import { InvalidArgumentError } from '@entrgi/core';
import type { DataRecord } from './parse-jsonl.js';

/**
 * The records of a Parquet file, by the names of their columns.
 * @throws InvalidArgumentError for bytes that are none
 */
export const parseParquet = async (bytes: Uint8Array, file: string): Promise<DataRecord[]> => {
  // Large, and not needed by most.
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  try {
    const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer, compressors });
    return rows.map((row, i) => ({ source: `${file}, row ${i + 1}`, value: () => row }));
  } catch (cause) {
    throw new InvalidArgumentError(`${file}: expected a Parquet file (${(cause as Error).message}).`, {
      value: file,
      cause,
    });
  }
};
