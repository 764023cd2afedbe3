import { InvalidArgumentError } from '@entrgi/core';
import { canonicalJson } from '../journal/canonical-json.js';
import type { JournalLine } from '../journal/journal-line.js';
import type { Cell } from './plan-evaluation.js';

/**
 * Refuses a journal with results of one of the methods under other settings or models than those that are asked for: in one table they would be mixed. Other
 * methods, temperatures, seeds and prompts may be there. Throws InvalidArgumentError naming the first setting that differs.
 */
export const checkJournal = (
  lines: readonly JournalLine[],
  cells: readonly Pick<Cell, 'method' | 'recorded'>[],
  file: string,
): void => {
  const wanted = new Map(cells.map(({ method, recorded }) => [method as string, recorded]));
  for (const { method, settings } of lines) {
    const asked = wanted.get(method);
    if (asked === undefined) continue;
    const [mine, theirs] = [facts(asked), facts(settings)];
    for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      const [want, got] = [canonicalJson(mine[name]), canonicalJson(theirs[name])];
      if (want === got) continue;
      throw new InvalidArgumentError(
        `${file}: expected results with ${name} ${shown(want)}, got some with ${shown(got)} (${method}).`,
        { value: theirs[name], hint: 'Name another --out, or say the settings that the journal has.' },
      );
    }
  }
};

/** What must be equal: not the temperature, of which there may be several, and not what models are called. */
const facts = ({
  temperature: _t,
  denoiser: _d,
  reward: _r,
  judge: _j,
  perplexity: _p,
  hashes,
  ...settings
}: JournalLine['settings']) => {
  const named = Object.entries(hashes).map(([model, hash]) => [`${model} (hash)`, hash]);
  return { ...settings, ...Object.fromEntries(named) } as Record<string, unknown>;
};

const shown = (json: string | undefined): string => json ?? 'none';
