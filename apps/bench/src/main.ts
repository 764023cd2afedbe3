import { availableParallelism } from 'node:os';
import { type Relaxation, relaxations } from '@entrgi/core';
import { weightDtypes } from '@entrgi/models';
import { denoiserDirectory, rewardDirectory } from '@entrgi/tiny-stories';
import { Argument, Command, Option } from 'commander';
import {
  type ApproximationRecord,
  approximationTable,
  runApproximations,
} from './approximations/approximations.js';
import { type CandidateDistance, candidateDistances } from './approximations/candidate-distance.js';
import { candidateTable } from './approximations/candidate-table.js';
import { type DemoRecord, runDemoOpenings } from './approximations/demo-openings.js';
import { methodTable } from './approximations/method-table.js';
import { type BlockRowName, blockRows } from './blocks/block-rows.js';
import { blockTable } from './blocks/block-table.js';
import { measureBlocks } from './blocks/measure-blocks.js';
import type { BlockResult } from './blocks/run-blocks.js';
import { modelNames } from './cases/section.js';
import { readRecords } from './measure/records.js';
import { mean } from './measure/statistics.js';
import { disagreements } from './results/agreement.js';
import { markdown } from './results/markdown.js';
import { runBenchmarks } from './run-benchmarks.js';
import * as sections from './sections/index.js';
import { serveSide } from './sides/serve-side.js';

const program = new Command('bench').description('Benchmarks, run by hand on a quiet machine.');
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`expected a positive whole number, got ${text}`);
  return value;
};
const list = (text: string): string[] => text.split(',');
const numbers = (text: string): number[] =>
  list(text).map((part) => {
    if (!(Number(part) >= 0)) throw new Error(`expected numbers of at least 0, got ${part}`);
    return Number(part);
  });
const wholes = (text: string): number[] => list(text).map(whole);
const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name[] =>
    list(text).map((name) => {
      const known = names.find((other) => other === name);
      if (known === undefined) throw new Error(`expected one of ${names.join(', ')}, got ${name}`);
      return known;
    });
const relaxationOf = (name: string): Relaxation => {
  const known = Object.entries(relaxations).find(([other]) => other === name)?.[1];
  if (known === undefined)
    throw new Error(`expected one of ${Object.keys(relaxations).join(', ')}, got ${name}`);
  return known;
};

program
  .command('run')
  .description(
    'times rewards, gradients, denoisers and generations, beside PyTorch where Python has it; writes JSON and Markdown',
  )
  .option(
    '--sections <names>',
    `of ${Object.keys(sections).join(', ')}`,
    oneOf(Object.keys(sections)),
    Object.keys(sections),
  )
  .option(
    '--models <names>',
    'embedded; 0.6b and 7b are random weights of the true shapes, 2.4 and 15 GB',
    oneOf(modelNames),
    ['embedded'],
  )
  .option('--dtype <names>', `of ${weightDtypes.join(', ')}`, oneOf(weightDtypes), ['fp32'])
  .option('--prompt-lengths <numbers>', 'tokens before the response', wholes, [64, 256])
  .option('--response-length <n>', 'tokens of a response', whole, 128)
  .option('--trajectories <numbers>', 'responses at a time', wholes, [4, 1])
  .option('--vocabularies <numbers>', 'tokens', wholes, [32_000, 2048])
  .option('--threads <numbers>', 'threads inside one operator', wholes, [availableParallelism()])
  .option('--steps <n>', 'denoising steps of a generation', whole, 8)
  .option('--guidance-steps <n>', 'gradient updates of a denoising step', whole, 3)
  .option('--rounds <n>', 'timed rounds', whole, 5)
  .option('--python <path>', 'a Python with torch and transformers', 'python3')
  .option('--cache <dir>', 'where checkpoints are kept', '.cache/bench')
  .option('--out <dir>', 'folder of results.json and results.md', '.cache/bench/results')
  .action(async ({ dtype: dtypes, ...options }) => {
    const report = await runBenchmarks({ ...options, dtypes });
    console.log(markdown(report));
    const differing = disagreements(report);
    for (const text of differing) console.error(text);
    if (differing.length > 0) process.exitCode = 1;
  });

program
  .command('side', { hidden: true })
  .description('one side of a case: requests on stdin, answers on stdout')
  .action(() => serveSide(process.stdin, process.stdout));

program
  .command('demo')
  .description(
    'the two runs of the demo on every opening of the embedded models; resumes what is in the file',
  )
  .option('--file <jsonl>', 'records', '.cache/bench/demo.jsonl')
  .option('--openings <n>', 'how many of the 64', whole, 64)
  .option('--seed <n>', 'seed', whole, 1)
  .option('--threads <n>', 'threads per operator', whole)
  .action(async (options) => {
    const onRecord = ({ method, opening, top1, milliseconds }: DemoRecord) =>
      console.error(`opening ${opening} ${method}: ${top1.toFixed(2)} in ${milliseconds} ms`);
    await runDemoOpenings({ ...options, onRecord });
    const records = readRecords<DemoRecord>(options.file);
    console.log(methodTable(records));
    for (const method of new Set(records.map((record) => record.method)))
      console.log(
        `judge of ${method}: ${mean(records.filter((record) => record.method === method).map(({ judge }) => judge)).toFixed(3)}`,
      );
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
    console.log(approximationTable(readRecords<ApproximationRecord>(options.file)));
  });

program
  .command('candidates')
  .description('how far guidance on candidates is from guidance on the whole vocabulary')
  .option('--denoiser <dir>', 'checkpoint', denoiserDirectory)
  .option('--reward <dir>', 'checkpoint', rewardDirectory)
  .option(
    '--relaxation <name>',
    `of ${Object.keys(relaxations).join(', ')}`,
    relaxationOf,
    relaxations.entrgi,
  )
  .option('--temperatures <numbers>', 'comma-separated', numbers, [0.7, 0.3, 0.1])
  .option('--learning-rates <numbers>', 'of Adam', numbers, [0.5, 0.05])
  .option('--tolerances <numbers>', 'vocabularyTolerance', numbers, [1e-8, 1e-6, 1e-3])
  .option('--openings <n>', 'how many of the 64', whole, 2)
  .option('--trajectories <n>', 'responses to each', whole, 4)
  .option('--length <n>', 'tokens of a response', whole, 32)
  .option('--steps <n>', 'denoising steps', whole, 16)
  .option('--threads <n>', 'threads per operator', whole)
  .action(async (options) => {
    const found: CandidateDistance[] = [];
    for await (const distance of candidateDistances(options)) {
      found.push(distance);
      console.error(JSON.stringify(distance));
    }
    console.log(candidateTable(found));
  });

program
  .command('blocks')
  .description(
    'one response of a block model with random weights of a true shape; without ROW, the table of what is in the file',
  )
  .addArgument(new Argument('[ROW]', 'what to measure').choices(Object.keys(blockRows)))
  .option(
    '--file <jsonl>',
    'results, one a line; what is in it is not measured again',
    '.cache/bench/blocks.jsonl',
  )
  .option('--again', 'measure it, whatever is in the file', false)
  .option('--prepare', 'only make the weights, and round them', false)
  .option('--layers <n>', 'of the model, where not all', whole)
  .addOption(new Option('--dtype <name>').choices(weightDtypes).default('q4'))
  .option('--prompt-length <n>', 'tokens before the response', whole)
  .option('--length <n>', 'tokens of the response', whole)
  .option('--commits <n>', 'tokens that a step commits', whole)
  .option('--timed <n>', 'steps to run, the first ones; totals are then drawn on from their median', whole)
  .option('--int8-activations', 'products of 8-bit activations', false)
  .option('--memory-limit <bytes>', 'what the weights may take', whole)
  .option('--threads <n>', 'threads inside one operator', whole, availableParallelism())
  .option('--cache <dir>', 'where checkpoints are kept', '.cache/bench')
  .action(async (row: BlockRowName | undefined, { file, again, prepare, ...options }) => {
    if (row !== undefined)
      await measureBlocks({ ...blockRows[row], ...options, row }, { file, again, prepare });
    console.log(blockTable(readRecords<BlockResult>(file)));
  });

await program.parseAsync();
