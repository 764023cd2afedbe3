import { Argument, Command } from 'commander';
import { shells } from '../completion/shells.js';
import { wordsOf } from '../completion/words.js';
import type { Context } from '../process/context.js';
import { examples } from './examples.js';

/** `entrgi completion`: a script for a shell, made from what the commands say about themselves. */
export const completionCommand = (context: Context): Command =>
  new Command('completion')
    .summary('print what makes a shell complete these commands')
    .description('Prints a script that makes a shell complete commands, options and their values.')
    .addArgument(new Argument('<SHELL>', 'which one').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      examples(
        'completion bash >> ~/.bashrc',
        'completion zsh > ~/.zfunc/_entrgi   # a folder of $fpath',
        'completion fish > ~/.config/fish/completions/entrgi.fish',
      ),
    )
    .action((shell: string, _options, command: Command) => {
      context.stdout.write(shells[shell]!(wordsOf(command.parent!)));
    });
