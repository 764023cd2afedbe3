import { Command } from 'commander';
import { modelForms } from '../models/model-forms.js';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';
import { offlineOption, revisionOption } from './options/model-options.js';

/** `entrgi inspect`: what it is told, and what it says about itself. */
export const inspectCommand = (context: Context): Command =>
  new Command('inspect')
    .summary('show what a checkpoint or an ONNX model is')
    .description(
      'Shows what a checkpoint or an .onnx file is. With two checkpoints, also how much of each vocabulary the other one has.\n' +
        'Weights on the hub stay there: only what says how they lie is fetched.',
    )
    .argument('<MODEL>', modelForms)
    .argument('[MODEL2]', 'a second checkpoint')
    .addOption(revisionOption())
    .addOption(offlineOption())
    .option(
      '--verify',
      'download all files of hub models and compare them with their hashes: a second per gigabyte',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples(
        'inspect model.onnx',
        'inspect models/reward --json',
        'inspect Dream-org/Dream-v0-Instruct-7B Skywork/Skywork-Reward-V2-Qwen3-0.6B',
      ),
    )
    .action(async (model: string, other: string | undefined, options) => {
      const { inspect } = await import('../inspect/inspect.js');
      await inspect(
        { models: other === undefined ? [model] : [model, other], json: false, ...options },
        context,
      );
    });
