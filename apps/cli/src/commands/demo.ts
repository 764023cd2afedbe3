import { Command } from 'commander';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';

/** `entrgi demo`: what it says about itself. */
export const demoCommand = (context: Context): Command =>
  new Command('demo')
    .summary('write one story unguided and guided, with the embedded models')
    .description(
      'Writes the continuation of one story twice with the embedded models and the same seed, first unguided, then guided while it writes,\n' +
        'and compares the rewards and what a judge says that has no part in it.',
    )
    .addHelpText('after', examples('demo'))
    .action(async () => {
      const { demo } = await import('../demo/demo.js');
      await demo(context);
    });
