import { optimizers, relaxations } from '@entrgi/core';
import { orders, presets } from '@entrgi/samplers';
import { Command, Option } from 'commander';
import { modelForms } from '../models/model-forms.js';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';
import {
  denoiserDtypeOption,
  labelOption,
  offlineOption,
  revisionOption,
  rewardDtypeOption,
  templateDateOption,
  templateVariableOption,
} from './options/model-options.js';
import { oneOf } from './options/one-of.js';
import { parseDecimal, parseInteger } from './options/parse-number.js';
import { samplingOptions } from './options/sampling-options.js';

/** What `planGeneration` of entrgi fills in. Help is there before that package, which is large, is loaded. */
const defaults = { ...presets.published.settings, endTokens: 'turn', vocabularyTolerance: 1e-6 };

/** The same for steps and tokens, of which the embedded models have fewer. */
const embedded = ' (default: 128; 64 with the embedded denoiser)';

/** `entrgi generate`: what it is told, and what it says about itself. */
export const generateCommand = (context: Context): Command => {
  const command = new Command('generate')
    .summary('write several responses to a prompt, guided by a reward model')
    .description(
      'Writes several responses to a prompt by masked diffusion, guided by the gradient of a reward model.\n' +
        'Without checkpoints of your own the small embedded story models are used: "Complete this story: …".',
    )
    .argument('[PROMPT]', 'what to respond to; - or nothing: what is piped in')
    .addOption(
      oneOf(
        '--method <NAME>',
        `how they are written: base, bon (best-of-n), bon-compute (as many as a guided run costs), guided: ${names(relaxations)}, or steered by any reward: smc, particle-gibbs; both: guided-smc`,
        ['base', 'bon', 'bon-compute', ...Object.keys(relaxations), 'smc', 'guided-smc', 'particle-gibbs'],
      ).default('entrgi'),
    )
    .addOption(
      oneOf(
        '--preset <NAME>',
        `settings of a source, which explicit options override: ${names(presets)} (default: published)`,
        Object.keys(presets),
      ),
    )
    .option(
      '--recipe <NAME>',
      'a pair of models and their settings, which explicit options override; `entrgi models` shows them',
    )
    .option('--denoiser <MODEL>', `masked diffusion model: ${modelForms} (default: embedded)`)
    .option(
      '--reward <MODEL>',
      "reward model, named in the same way (default: embedded); without one: confidence (the denoiser's own), or log-ratio:MODEL (against the denoiser that it was trained from)",
    )
    .addOption(labelOption())
    .addOption(revisionOption())
    .addOption(offlineOption())
    .option('--verify', 'compare all files of hub models with their hashes: a second per gigabyte')
    .addOption(denoiserDtypeOption().default('fp32'))
    .addOption(rewardDtypeOption().default('fp32'))
    .option(
      '--minimum-coverage <X>',
      'refuse to guide by a reward model with tokens for less of what the denoiser writes (default: 0.5)',
      parseDecimal,
    )
    .addOption(
      oneOf(
        '--attention <NAME>',
        "how the denoiser's tokens see each other where its config.json cannot say so: everywhere, or block-causal (with --block-length)",
        ['everywhere', 'block-causal'],
      ),
    )
    .addOption(templateVariableOption())
    .addOption(templateDateOption())
    .option(
      '--trajectories <N>',
      `responses per prompt${is(defaults.trajectories)}; base always writes one`,
      parseInteger,
    )
    .option('--steps <N>', `denoising steps${embedded}`, parseInteger)
    .option(
      '--guidance-steps <N>',
      `gradient updates per step${is(defaults.guidanceSteps)}; 0: unguided`,
      parseInteger,
    )
    .option(
      '--learning-rate <X>',
      `size of a gradient update (default: 0.5; 0.15 with the embedded denoiser)`,
      parseDecimal,
    )
    .addOption(
      oneOf(
        '--update <NAME>',
        `how an update moves: ${names(optimizers)}${is(defaults.update)}`,
        Object.keys(optimizers),
      ),
    )
    .addOption(
      new Option('--beta <B>', 'ascent with learning rate 1/B, as in the talk')
        .argParser(parseDecimal)
        .conflicts('learningRate'),
    )
    .option(
      '--temperature <X>',
      `sampling temperature${is(defaults.temperature)}; 0: most probable token`,
      parseDecimal,
    )
    .option(
      '--top-p <X>',
      `sample from the most probable tokens that sum to X${is(defaults.topP)}`,
      parseDecimal,
    )
    .option('--top-k <N>', 'sample from the N most probable tokens (default: all)', parseInteger)
    .addOption(
      oneOf(
        '--order <NAME>',
        `which positions are filled first: ${names(orders)}${is(defaults.order)}`,
        Object.keys(orders),
      ),
    )
    .option(
      '--block-length <N>',
      'fill blocks of N tokens one after the other (default: one block)',
      parseInteger,
    )
    .option(
      '--confidence-threshold <C>',
      'approximate, faster: also commit tokens of at least this probability (default: off)',
      parseDecimal,
    )
    .option(
      '--edit-threshold <C>',
      'replace written tokens of the current block where another has more than this probability, as LLaDA2.1 is trained for (default: off)',
      parseDecimal,
    )
    .option('--cache-blocks', 'approximate, faster: compute what lies around a block once for the block')
    .option('--max-new-tokens <N>', `length of a response${embedded}`, parseInteger)
    .addOption(
      oneOf(
        '--end-tokens <NAME>',
        `which tokens end a response: turn (every one that ends a turn), or eos (the tokenizer's eos_token alone, as in the authors' code)${is(defaults.endTokens)}`,
        ['turn', 'eos'],
      ),
    )
    .option(
      '--vocabulary-tolerance <X>',
      `share of probability that left-out tokens may hold${is(defaults.vocabularyTolerance)}; 0: leave none out`,
      parseDecimal,
    );
  for (const option of samplingOptions()) command.addOption(option);
  command
    .option('--seed <N>', 'the same seed gives the same text', parseInteger, 1)
    .option('--prompts <FILE.jsonl>', 'one {"prompt": "…"} a line, instead of PROMPT; - is standard input')
    .option('--json', 'print one JSON object per prompt and nothing else')
    .option('--trace <FILE.jsonl>', 'write one step event a line')
    .addHelpText(
      'after',
      examples(
        'generate "Complete this story: A small fish asked the big whale for a ride."',
        'generate "Complete this story: A cat" --method bon --seed 7',
        'generate "PROMPT" --denoiser Dream-org/Dream-v0-Instruct-7B --denoiser-dtype q4 --reward models/reward',
        'generate --json < prompt.txt',
        'generate --prompts prompts.jsonl --json > responses.jsonl',
      ),
    )
    .action(async (prompt: string | undefined, options) => {
      if (prompt !== undefined && options.prompts !== undefined) {
        command.error('give PROMPT or --prompts, not both');
      }
      if (prompt === undefined && options.prompts === undefined && context.stdin.isTTY) {
        command.error("missing argument 'PROMPT'");
      }
      if (options.beta !== undefined && options.update === 'adam') {
        command.error("option '--beta <B>' cannot be used with '--update adam'");
      }
      const { generate } = await import('../generate/generate.js');
      const { recipe, ...given } = options;
      if (recipe === undefined) return generate({ prompt, json: false, ...given }, context);
      const { recipeOptions } = await import('../recipes/recipe-options.js');
      const isSaid = ([name]: readonly [string, unknown]) => command.getOptionValueSource(name) !== 'default';
      const said = Object.fromEntries(Object.entries(given).filter(isSaid));
      return generate({ prompt, json: false, ...given, ...recipeOptions(recipe), ...said }, context);
    });
  return command;
};

const is = (value: number | string): string => ` (default: ${value})`;

const names = (namespace: object): string => Object.keys(namespace).join(', ');
