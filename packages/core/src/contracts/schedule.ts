/** The noise level t in [0, 1] before step `step` of `steps`; `schedule(steps, steps)` is the level at the end. Strictly decreasing in `step`. */
export type Schedule = (step: number, steps: number) => number;
