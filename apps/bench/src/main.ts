import { Command } from 'commander';
import { type ApproximationRecord, approximationTable, runApproximations } from './approximations.js';
import { benchGradient } from './gradient.js';
import { methodTable } from './method-table.js';
import { readRecords, runMethods } from './methods.js';

const program = new Command('bench').description('Benchmarks, run by hand on a quiet machine.');
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`expected a positive whole number, got ${text}`);
  return value;
};
const list = (text: string): string[] => text.split(',');

program
  .command('gradient')
  .description('reward + gradient against reward alone, on random weights of Skywork-0.6B shape')
  .option('--cache <dir>', 'where the random checkpoint is kept', '.cache/bench')
  .option('--layers <n>', 'layers', whole, 28)
  .option('--length <n>', 'tokens in all', whole, 192)
  .option('--response <n>', 'tokens of the response', whole, 128)
  .option('--trajectories <n>', 'trajectories', whole, 1)
  .option('--rounds <n>', 'timed rounds', whole, 7)
  .action(async (options) => console.log(JSON.stringify(await benchGradient(options), null, 2)));

program
  .command('methods')
  .description('Top@1 and Avg@K of every method on the embedded models; resumes what is in the file')
  .option('--file <jsonl>', 'records', '.cache/bench/methods.jsonl')
  .option('--methods <names>', 'comma-separated', list, [
    'base',
    'bon',
    'bon-matched',
    'expectation',
    'aps',
    'entrgi',
  ])
  .option('--seeds <numbers>', 'comma-separated', (text) => list(text).map(whole), [1, 2, 3])
  .option('--openings <n>', 'how many of the 64', whole, 64)
  .option('--threads <n>', 'threads per operator', whole)
  .action(async (options) => {
    const onRecord = (record: {
      method: string;
      seed: number;
      opening: number;
      top1: number;
      milliseconds: number;
    }) =>
      console.error(
        `seed ${record.seed} opening ${record.opening} ${record.method}: ${record.top1.toFixed(2)} in ${record.milliseconds} ms`,
      );
    await runMethods({ ...options, onRecord });
    console.log(methodTable(readRecords(options.file)));
  });

program
  .command('approximations')
  .description(
    'what the approximate ways of sampling cost and spare on the embedded models; resumes what is in the file',
  )
  .option('--file <jsonl>', 'records', '.cache/bench/approximations.jsonl')
  .option('--openings <n>', 'how many of the 64', whole, 16)
  .option('--seed <n>', 'seed', whole, 1)
  .option('--threads <n>', 'threads per operator', whole)
  .action(async (options) => {
    const onRecord = ({ method, opening, top1, milliseconds }: ApproximationRecord) =>
      console.error(`opening ${opening} ${method}: ${top1.toFixed(2)} in ${milliseconds} ms`);
    await runApproximations({ ...options, onRecord });
    console.log(approximationTable(readRecords(options.file) as ApproximationRecord[]));
  });

await program.parseAsync();
