import { canonicalJson } from '../../journal/canonical-json.js';
import type { JournalLine } from '../../journal/journal-line.js';

/** The prompt of a line as one text, by which lines are grouped. */
export const promptOf = ({ prompt }: JournalLine): string => canonicalJson(prompt);

/** What is compared: a prompt with a seed. */
export const placeOf = (line: JournalLine): string => `${line.seed} ${promptOf(line)}`;

/** The last turn of a conversation. */
export const promptText = (prompt: JournalLine['prompt']): string =>
  typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');
