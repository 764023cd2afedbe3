/** The words of a model that writes. */
export interface Words {
  /** What each token stands for in text; undefined for special ones. */
  readonly tokens: readonly (string | undefined)[];
  readonly maskId: number;
  readonly endIds: readonly number[];
}
