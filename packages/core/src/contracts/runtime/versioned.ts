/**
 * The version of the contracts that this package describes: `Backend`, `Denoiser` and `Reward`, with all that
 * their methods take and return. It goes up with a change that breaks those who implement them, and not with
 * the version of the package.
 */
export const CONTRACT_VERSION = 1;

/** What may come from elsewhere, made with another version of this package. */
export interface Versioned {
  /**
   * The CONTRACT_VERSION that it was made for; another is refused with UnsupportedError before anything runs.
   * Absent of what is written by hand beside the program that uses it: types check that.
   */
  readonly contract?: number | undefined;
}
