import { Command } from 'commander';
import { modelForms } from '../models/model-forms.js';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';
import { generateCommand } from './generate.js';
import { judgeLabelOption } from './options/model-options.js';
import { parseList, parseNumbers } from './options/parse-list.js';
import { parseDecimal, parseInteger } from './options/parse-number.js';

/** Options of `generate` that mean something else here, or nothing. */
const notShared = new Set([
  'method',
  'temperature',
  'seed',
  'denoiser',
  'reward',
  'prompts',
  'json',
  'trace',
]);

/** `entrgi eval`: what it is told, and what it says about itself. */
export const evalCommand = (context: Context): Command => {
  const command = new Command('eval')
    .summary('compare methods on many prompts, in a journal that survives interruptions')
    .description(
      'Responds to every prompt by every method, at every temperature, with every seed, and adds each result to a journal. Run again, it does\n' +
        'what is missing and nothing else. `entrgi report` makes a page of it.',
    )
    .option(
      '--data <FILE|NAME>',
      'prompts: JSONL, JSON, CSV, TSV or Parquet; `openings`; or of the hub reward-bench-2, judgebench, rm-bench, owner/name:split',
    )
    .option('--out <JOURNAL.jsonl>', 'where results are added')
    .option('--limit <N>', 'at most so many prompts', parseInteger)
    .option('--skip-malformed', 'leave out prompts that cannot be read, and say which')
    .option('--skip-long', 'leave out prompts that a model does not hold with a response, and say which')
    .option('--methods <LIST>', 'methods of generate (default: bon,expectation,aps,entrgi)', parseList)
    .option('--temperatures <LIST>', 'sampling temperatures (default: 0.7)', parseNumbers)
    .option('--seeds <LIST>', 'seeds (default: 1,2,3)', parseNumbers)
    .option(
      '--denoiser <LIST>',
      `masked diffusion models to compare: ${modelForms}; embedded (default: embedded)`,
      parseList,
    )
    .option(
      '--reward <LIST>',
      'reward models that guide each of them, named in the same way; confidence; log-ratio:MODEL (default: embedded)',
      parseList,
    )
    .option(
      '--judge <MODEL|URL>',
      "rates what comes out: a classifier, named as models are; a server with OpenAI's chat completions; none (default: embedded)",
    )
    .addOption(judgeLabelOption())
    .option('--judge-model <NAME>', 'which model of such a server')
    .option('--judge-concurrency <N>', 'requests to it at the same time (default: 4)', parseInteger)
    .option('--judge-requests-per-minute <X>', 'at most so many (default: no limit)', parseDecimal)
    .option(
      '--perplexity <MODEL>',
      'report the perplexity of the responses under an autoregressive model in the layout of transformers.js (needs @huggingface/transformers)',
    )
    .option('--config <FILE.json>', 'all of this from a file, which explicit options override')
    .option(
      '--workers <N>',
      'processes that work at the same time; 0: this one (default: one for each processor, as far as the memory goes)',
      parseInteger,
    )
    .option(
      '--shard <I/N>',
      'only one of N equal parts, from 1; /N where a cluster says which (default: that of a SLURM array)',
    );
  command.option(
    '--queue <redis://HOST:PORT>',
    'share the work with all that evaluate the same on the same Redis; every journal gets every result',
  );
  for (const option of generateCommand(context).options) {
    if (!notShared.has(option.attributeName())) command.addOption(option);
  }
  command.addHelpText(
    'after',
    examples(
      'eval --data openings --out results.jsonl --methods bon,entrgi --seeds 1,2',
      'eval --data prompts.csv --out all.jsonl --denoiser owner/a,owner/b --reward owner/c',
      'eval --data prompts.csv --out part.jsonl --shard 1/4',
      'eval merge part-*.jsonl -o all.jsonl',
    ),
  );
  command.action(async (options) => {
    // What was not said is not to override a file.
    const said = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) === 'cli');
    const { evaluate } = await import('../evaluate/evaluate.js');
    await evaluate(Object.fromEntries(said), context);
  });
  command.addCommand(mergeCommand(context));
  return command;
};

const mergeCommand = (context: Context): Command =>
  new Command('merge')
    .description('Writes the results of several journals, such as those of shards, as one: each once.')
    .argument('<JOURNAL...>', 'the journals')
    .requiredOption('-o, --output <JOURNAL.jsonl>', 'where all of them go')
    .addHelpText('after', examples('eval merge part-*.jsonl -o all.jsonl'))
    .action(async (journals: string[], { output }: { output: string }) => {
      const { mergeJournals } = await import('@entrgi/evaluation');
      const count = await mergeJournals(journals, output);
      context.stderr.write(`entrgi: ${count} results in ${output}.\n`);
    });
