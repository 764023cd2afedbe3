/** Something that is made when it is first asked for. */
export interface Lazy<T> {
  /** What was made, or is being made; after a failure it is tried again. */
  get(): Promise<T>;
  /**
   * The same where it has been asked for; undefined where not, or where making it failed: for whoever
   * disposes it.
   */
  made(): Promise<T | undefined>;
}

/**
 * Makes something once, however often it is asked for, but does not keep a failure: what was missing may be
 * there the next time.
 */
export const lazily = <T>(make: () => Promise<T>): Lazy<T> => {
  let made: Promise<T> | undefined;
  return {
    get() {
      if (made === undefined) {
        const making = make();
        made = making;
        making.catch(() => {
          if (made === making) made = undefined;
        });
      }
      return made;
    },
    made: async () => made?.catch(() => undefined),
  };
};
