/** Bytes that can be read piecewise: a file, a Blob, a range-requesting URL. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** The bytes from `offset` to `offset + length`; only called inside the source. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A folder of files, wherever they lie. */
export interface Folder {
  /** What error messages call it. */
  readonly name: string;
  /** A file directly inside the folder; undefined where there is none. */
  open(file: string): Promise<FolderFile | undefined>;
}

export interface FolderFile extends ByteSource {
  /** Where the bytes really lie: an absolute path, links resolved. */
  readonly path: string;
  close(): Promise<void>;
}
