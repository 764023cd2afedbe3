import { Command } from 'commander';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';
import { parseNumbers } from './options/parse-list.js';
import { parseInteger } from './options/parse-number.js';

/** `entrgi replay`: what it is told, and what it says about itself. */
export const replayCommand = (context: Context): Command =>
  new Command('replay')
    .summary('show step by step how responses came about: a page, an animated SVG or a GIF')
    .description(
      'Shows responses on one timeline, token by token, with the reward below: of traces of generate, or, of a journal of eval, one response\n' +
        'without guidance and one with it.',
    )
    .argument('<TRACE...>', 'what generate --trace or eval has written')
    .requiredOption(
      '-o, --output <FILE>',
      'a page with a slider (.html), an animated SVG (.svg) or a GIF (.gif)',
    )
    .option('--prompt <N>', 'which prompt, from 1', parseInteger, 1)
    .option(
      '--steps <LIST>',
      'steps that the page shows beside each other (default: five of equal distance)',
      parseNumbers,
    )
    .addHelpText(
      'after',
      examples(
        'replay base.jsonl entrgi.jsonl -o replay.html',
        'replay results.jsonl --prompt 3 -o replay.gif',
      ),
    )
    .action(async (traces: string[], options) => {
      const { replay } = await import('../replay/replay.js');
      await replay(traces, options, context);
    });
