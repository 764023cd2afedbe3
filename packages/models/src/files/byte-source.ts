import type { ModelSource } from '@entrgi/core';

/** Bytes that can be read piecewise: a file, a Blob, a range-requesting URL. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** The bytes from `offset` to `offset + length`; only called inside the source. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Files that can be read by their names. */
export interface Files {
  /** What error messages call them. */
  readonly name: string;
  /** One of them; undefined where there is none of that name. */
  open(file: string): Promise<FolderFile | undefined>;
}

/**
 * A folder of files, wherever they lie: on a disk, in a browser's memory, behind addresses. The last part of
 * its name is what the model in it is called.
 */
export interface Folder extends Files {
  /** The names of the files directly inside, as far as they are known. */
  names(): Promise<readonly string[]>;
  /**
   * Whether every read is a request, so that weights are read by samples where they are only compared.
   * @default false
   */
  readonly isFar?: boolean | undefined;
  /** How a runtime gets at some of its files. */
  locate(files: readonly string[]): Promise<LocatedFiles>;
}

/** An open file of a folder; whoever opened it closes it. */
export interface FolderFile extends ByteSource {
  close(): Promise<void>;
}

/** What a model's external data is, for `createSession` of a backend. */
export type ExternalFiles = Pick<ModelSource, 'folder' | 'files'>;

/** Where files lie for a runtime. */
export interface LocatedFiles {
  /** Of each file, what a model calls it. */
  readonly locations: readonly string[];
  /** Absolute path that the locations are relative to; empty where they lie on no disk. */
  readonly folder: string;
  /** A file by its location. */
  open(location: string): Promise<FolderFile | undefined>;
  /** The files themselves: what is not here yet is fetched now, whole. */
  external(): Promise<ExternalFiles>;
}
