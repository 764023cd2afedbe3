import { Command } from 'commander';
import { modelForms } from '../models/model-forms.js';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';
import {
  denoiserDtypeOption,
  judgeLabelOption,
  labelOption,
  offlineOption,
  revisionOption,
  rewardDtypeOption,
  templateDateOption,
  templateVariableOption,
} from './options/model-options.js';
import { parseInteger } from './options/parse-number.js';

/** `entrgi score`: what it is told, and what it says about itself. */
export const scoreCommand = (context: Context): Command =>
  new Command('score')
    .summary('rate given responses with a reward model, a judge, or both')
    .description(
      'Rates responses that are there already: one {"prompt": "…", "response": "…"} a line. With a server as the judge, a "rival" is compared\n' +
        'with the response, in both orders.',
    )
    .option(
      '--reward <MODEL>',
      `reward model: ${modelForms} (default: embedded, without --judge); confidence (the denoiser's own), or log-ratio:MODEL`,
    )
    .option('--denoiser <MODEL>', 'whose confidence or log-ratio is the reward (default: embedded)')
    .option('--prompts <FILE.jsonl>', 'the responses; - is standard input', '-')
    .addOption(labelOption())
    .addOption(revisionOption())
    .addOption(offlineOption())
    .addOption(denoiserDtypeOption())
    .addOption(rewardDtypeOption())
    .addOption(templateVariableOption())
    .addOption(templateDateOption())
    .option('--judge <MODEL|URL>', "a classifier, `embedded`, or a server with OpenAI's chat completions")
    .addOption(judgeLabelOption())
    .option('--judge-model <NAME>', 'which model of such a server')
    .option('--judge-concurrency <N>', 'requests to it at the same time (default: 4)', parseInteger)
    .option('--json', 'print one JSON object per response and nothing else')
    .addHelpText(
      'after',
      examples(
        'score --prompts responses.jsonl --judge embedded',
        'score --judge http://localhost:8000/v1 --judge-model qwen3 --json < responses.jsonl',
      ),
    )
    .action(async (options) => {
      const { score } = await import('../score/score.js');
      await score({ json: false, ...options }, context);
    });
