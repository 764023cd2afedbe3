import { Command } from 'commander';
import type { Context } from '../context.js';

/** `entrgi inspect`: what it is told, and what it says about itself. */
export const inspectCommand = (context: Context): Command =>
  new Command('inspect')
    .summary('show what a checkpoint or an ONNX model is')
    .description(
      'Shows what a checkpoint directory or an .onnx file is. With two checkpoints, also how much of each vocabulary the other one has.',
    )
    .argument('<PATH>', 'a checkpoint directory or an .onnx file')
    .argument('[PATH2]', 'a second checkpoint directory')
    .option('--json', 'print one JSON object')
    .action(async (path: string, other: string | undefined, options) => {
      const { inspect } = await import('../inspect/inspect.js');
      await inspect(
        { paths: other === undefined ? [path] : [path, other], json: false, ...options },
        context,
      );
    });
