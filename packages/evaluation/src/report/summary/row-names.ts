import { canonicalJson } from '../../journal/canonical-json.js';
import type { JournalLine } from '../../journal/journal-line.js';
import { groupBy } from './statistics.js';

/** Settings that methods may settle for themselves, so that one table may have several of them. */
export const settled = ['trajectories', 'guidanceSteps'] as const;

/**
 * What the row of a line is called: its method, and, where the lines have that method with several of the
 * settled settings, those that differ. Lines of different settings never share a name.
 */
export const rowNames = (lines: readonly JournalLine[]): ((line: JournalLine) => string) => {
  const differing = new Map(
    [...groupBy(lines, ({ method }) => method)].map(([method, own]) => [
      method,
      settled.filter((name) => new Set(own.map(({ settings }) => canonicalJson(settings[name]))).size > 1),
    ]),
  );
  return ({ method, settings }) => {
    const said = (differing.get(method) ?? []).map((name) => `${words[name]} ${settings[name] ?? 'unknown'}`);
    return said.length === 0 ? method : `${method} (${said.join(', ')})`;
  };
};

const words = { trajectories: 'K', guidanceSteps: 'M' } as const;
