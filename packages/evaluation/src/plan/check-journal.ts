import { InvalidArgumentError } from '@entrgi/core';
import { canonicalJson } from '../journal/canonical-json.js';
import type { JournalLine } from '../journal/journal-line.js';
import type { Cell } from './plan-evaluation.js';

/**
 * A setting of which a journal has another value than is asked for; undefined is none at all. Those of
 * objects have names such as `dtype.reward`.
 */
export interface SettingDifference {
  readonly name: string;
  readonly asked: unknown;
  readonly found: unknown;
}

/**
 * Refuses a journal with results of one of the methods, of the same models, under other settings or with
 * another judge than those that are asked for: in one table they would be mixed. Other models, methods,
 * temperatures, seeds and prompts may be there. `cure` says how to ask for what the journal has.
 * @throws InvalidArgumentError naming every setting that differs
 */
export const checkJournal = (
  lines: readonly JournalLine[],
  cells: readonly Pick<Cell, 'method' | 'recorded'>[],
  file: string,
  cure: (differences: readonly SettingDifference[]) => string = spelled,
): void => {
  const seen = new Set<string>();
  for (const { method, settings } of lines) {
    const json = canonicalJson([method, settings]);
    if (seen.has(json)) continue;
    seen.add(json);
    const place = placeOf(method, settings);
    const asked = cells.filter((each) => placeOf(each.method, each.recorded) === place);
    const found = facts(settings);
    // Models may lie in folders of one name.
    const all = asked.map(({ recorded }) => differencesOf(facts(recorded), found));
    const [differences = []] = all;
    if (all.some(({ length }) => length === 0) || differences.length === 0) continue;
    const listed = (of: 'asked' | 'found') =>
      differences.map((each) => `${each.name} ${shown(each[of])}`).join(', ');
    throw new InvalidArgumentError(
      `${file}: expected results with ${listed('asked')}, got some with ${listed('found')} (${method}).`,
      { value: differences, hint: `Name another --out, or ${cure(differences)}.` },
    );
  }
};

/** What results are compared as one: by models of these names. */
const placeOf = (method: string, { denoiser, reward }: JournalLine['settings']): string =>
  canonicalJson([method, denoiser, reward]);

type Facts = Readonly<Record<string, unknown>>;

/** What must be equal: not the temperature, of which there may be several, and not what models are called. */
const facts = ({
  temperature: _t,
  denoiser: _d,
  reward: _r,
  judge: _j,
  perplexity: _p,
  hashes,
  ...settings
}: JournalLine['settings']): Facts => {
  const named = Object.entries(hashes).map(([model, hash]) => [`${model} (hash)`, hash] as const);
  return Object.fromEntries([...Object.entries(settings).flatMap(flat), ...named]);
};

/** Parts of objects have names of their own, so that what differs can be said without what does not. */
const flat = ([name, value]: readonly [string, unknown]): (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).map(([part, each]) => [`${name}.${part}`, each])
    : [[name, value]];

const differencesOf = (mine: Facts, theirs: Facts): SettingDifference[] =>
  [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
    .filter((name) => canonicalJson(mine[name]) !== canonicalJson(theirs[name]))
    .map((name) => ({ name, asked: mine[name], found: theirs[name] }));

const shown = (value: unknown): string =>
  value === undefined ? 'none' : typeof value === 'string' ? value : canonicalJson(value);

const spelled = (differences: readonly SettingDifference[]): string =>
  `take its settings: ${differences.map(({ name, found }) => `${name} ${shown(found)}`).join(', ')}`;
