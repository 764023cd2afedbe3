import { difference } from './format.js';
import { type Estimate, isClear } from './statistics.js';
import type { TemperatureSummary } from './summary.js';

/** A difference in words, and whether it is more than two standard errors from nothing. */
export interface Finding {
  readonly text: string;
  readonly isClear: boolean;
}

/** Every difference to unguided sampling, those that go against guidance too: clear ones first. */
export const findingsOf = ({ methods }: TemperatureSummary): Finding[] => {
  // Two unguided rows are each compared with the other: once is enough.
  const rows = methods.map(({ name }) => name);
  const isSaid = (name: string, against: string) =>
    rows.indexOf(name) < rows.indexOf(against) &&
    methods.some((each) => each.name === against && each.differences.some((other) => other.against === name));
  const all = methods.flatMap(({ name, differences }) =>
    differences.flatMap(({ against, top1, avg, judge }) =>
      isSaid(name, against)
        ? []
        : [
            finding(`${name} − ${against}, Top@1`, top1),
            finding(`${name} − ${against}, Avg@K`, avg),
            ...(judge === undefined ? [] : [finding(`${name} − ${against}, judge`, judge)]),
          ],
    ),
  );
  return [...all.filter((each) => each.isClear), ...all.filter((each) => !each.isClear)];
};

const finding = (what: string, value: Estimate): Finding => ({
  text: `${what}: ${difference(value)}`,
  isClear: isClear(value),
});
