/**
 * The noise level t in [0, 1] before step `step` of `steps`; `schedule(steps, steps)` is the level at the
 * end. Falling in `step`, and above 0 but at the end.
 */
export type Schedule = ((step: number, steps: number) => number) & {
  /**
   * Says that the share of the masks that a step reveals, 1 − t(step)/t(step − 1), never falls from one step
   * to the next: the next step that reveals anything can then be found without looking at each.
   */
  readonly hastens?: true;
  /**
   * How many of a number of masks step `step`, from 1, of `steps` reveals; not asked in the last step.
   * @default ⌊masks · (1 − t(step)/t(step − 1))⌋
   */
  readonly count?: ((masks: number, step: number, steps: number) => number) | undefined;
};
