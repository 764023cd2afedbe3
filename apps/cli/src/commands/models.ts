import { Command } from 'commander';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';

/** `entrgi models`: what it is told, and what it says about itself. */
export const modelsCommand = (context: Context): Command =>
  new Command('models')
    .summary('show pairs of models, and which of them fit this machine')
    .description(
      'Shows recipes: a denoiser and a reward that go together, how they are called, what memory they take and whether this machine has it.',
    )
    .option('--json', 'print one JSON object per recipe')
    .addHelpText('after', examples('models', 'models --json'))
    .action(async (options) => {
      const { showRecipes } = await import('../recipes/show-recipes.js');
      await showRecipes({ json: false, ...options }, context);
    });
