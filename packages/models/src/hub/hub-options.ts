import { InvalidArgumentError } from '@entrgi/core';
import {
  type OptionNames,
  requireBoolean,
  requireFunction,
  requireSignal,
  requireText,
  requireThat,
} from '@entrgi/core/internal';

/**
 * Where a checkpoint of the Hugging Face hub comes from and where it is kept. Directories need none of this.
 */
export interface HubOptions {
  /**
   * Branch, tag or commit, where the name has none, as `owner/name@REV` has.
   * @default main
   */
  readonly revision?: string | undefined;
  /**
   * The cache that all tools of the hub share.
   * @default HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub
   */
  readonly cacheDir?: string | undefined;
  /**
   * For private and gated repositories; sent to the hub itself only.
   * @default HF_TOKEN, else what `hf auth login` has stored
   */
  readonly token?: string | undefined;
  /**
   * Use what is in the cache and nothing else.
   * @default whether HF_HUB_OFFLINE is 1
   */
  readonly offline?: boolean | undefined;
  /**
   * Bytes a second, over a minute, below which a connection counts as broken; 0 is no limit.
   * @default 1000
   */
  readonly minimumRate?: number | undefined;
  /** Stops a download; what has arrived is kept for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Called at most ten times a second while files are downloaded, and once more when each is there. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** The options that each loader has, by name. */
export const hubOptionNames: OptionNames<HubOptions> = {
  revision: requireText,
  cacheDir: requireText,
  token(name, value) {
    // Whatever it is, it may be secret: no error shows it.
    if (typeof value !== 'string') throw new InvalidArgumentError(`${name}: expected text.`);
  },
  offline: requireBoolean,
  minimumRate: (name, value) =>
    requireThat(name, value, 'a number of bytes a second, 0 or more', Number.isFinite(value) && value >= 0),
  signal: requireSignal,
  onProgress: (name, value) => requireFunction(name, value),
};

/** How far a download is. */
export interface DownloadProgress {
  /** The repository, `owner/name`. */
  readonly id: string;
  readonly file: string;
  /** Bytes of the file that are here, those of an interrupted download included. */
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Bytes that are here, of all files of the repository that were not in the cache. */
  readonly allLoadedBytes: number;
  readonly allTotalBytes: number;
}
