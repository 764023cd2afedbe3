import { openJournal } from '../journal/open-journal.js';
import { smallLine } from './small-line.js';

// usage: append-program JOURNAL COUNT: adds lines 0 … COUNT − 1 that are not there, and says after each that it is on the disk.
const say = (line: string) => process.stdout.write(`${line}\n`);
const [path, count] = process.argv.slice(2);
try {
  const journal = await openJournal(path!);
  say('open');
  for (let seed = 0; seed < Number(count); seed++) {
    await journal.add(smallLine(seed));
    say(`added ${seed}`);
  }
  await journal.close();
} catch (error) {
  say(`${(error as { code: string }).code}: ${(error as Error).message}`);
  process.exitCode = 1;
}
