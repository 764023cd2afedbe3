import { Command } from 'commander';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';

/** `entrgi report`: what it is told, and what it says about itself. */
export const reportCommand = (context: Context): Command =>
  new Command('report')
    .summary('make a page of the results of eval: tables, plots and texts')
    .description(
      'Makes one self-contained page of one or several journals: the table with its errors, reward against compute, what the judge says, and\n' +
        'the texts side by side. Every number leads to the lines of the journal behind it.',
    )
    .argument('<JOURNAL...>', 'what eval has written')
    .option('-o, --output <FILE.html>', 'the page (default: report.html, unless another form is asked for)')
    .option('--markdown <FILE.md>', 'the tables as Markdown')
    .option('--json <FILE.json>', 'the numbers')
    .option('--without-seconds', 'leave measured times out, so that equal results make equal files')
    .addHelpText('after', examples('report results.jsonl -o report.html --markdown report.md'))
    .action(async (journals: string[], options) => {
      const { report } = await import('../report/report.js');
      await report(journals, options, context);
    });
