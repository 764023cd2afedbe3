/** A reproducible stream of random numbers. */
export interface RandomStream {
  /** The next number, uniform in [0, 1). */
  uniform(): number;
}
