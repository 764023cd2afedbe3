import { Command } from 'commander';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';
import { parseInteger } from './options/parse-number.js';

/** `entrgi differentiate`: what it is told, and what it says about itself. */
export const differentiateCommand = (context: Context): Command =>
  new Command('differentiate')
    .summary('add the gradient of an output to an ONNX model')
    .description(
      'Writes a model with all outputs of MODEL.onnx plus gradient/VALUE, the gradient of the summed OUTPUT with respect to VALUE.\n' +
        'If VALUE is computed inside the model, it becomes an input and what only fed it is dropped.',
    )
    .argument('<MODEL.onnx>', 'the model to differentiate')
    .requiredOption('--of <OUTPUT>', 'the output whose gradient is wanted')
    .option(
      '--index <I>',
      'only this element of the last axis of OUTPUT: the class of a classifier',
      parseInteger,
    )
    .requiredOption('--wrt <VALUE>', 'a floating-point input or any value inside the model')
    .requiredOption(
      '-o, --output <OUT.onnx>',
      'where to write; beside MODEL.onnx its external data is shared; - is standard output',
    )
    .addHelpText(
      'after',
      examples(
        'differentiate model.onnx --of logits --wrt embeddings -o gradient.onnx',
        'differentiate classifier.onnx --of logits --index 1 --wrt embeddings -o - > gradient.onnx',
      ),
    )
    .action(async (model: string, options) => {
      const { differentiateFile } = await import('../differentiate/differentiate-file.js');
      await differentiateFile({ model, ...options }, context);
    });
