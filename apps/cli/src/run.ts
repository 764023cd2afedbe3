import { InvalidArgumentError } from '@entrgi/core';
import { Command, CommanderError, type Option } from 'commander';
import { completionCommand } from './commands/completion.js';
import { demoCommand } from './commands/demo.js';
import { differentiateCommand } from './commands/differentiate.js';
import { evalCommand } from './commands/eval.js';
import { examples } from './commands/examples.js';
import { generateCommand } from './commands/generate.js';
import { inspectCommand } from './commands/inspect.js';
import { modelsCommand } from './commands/models.js';
import { replayCommand } from './commands/replay.js';
import { reportCommand } from './commands/report.js';
import { scoreCommand } from './commands/score.js';
import { type Context, exitStatus } from './process/context.js';
import { describeError, type Flags } from './process/describe-error.js';
import { Interruption } from './process/interrupt-signal.js';
import { withinGrace } from './process/within-grace.js';
import { version } from './version.js';

/** Runs one command line; resolves to the exit status and never rejects. */
export const run = async (argv: readonly string[], context: Context): Promise<number> => {
  const program = commandLine(context);
  try {
    await withinGrace(program.parseAsync(argv, { from: 'user' }), context.signal, 1300);
    return context.signal.aborted ? interrupted(context) : exitStatus.success;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.success : exitStatus.usage;
    if (context.signal.aborted) return interrupted(context);
    const flags = flagsOf(program);
    context.stderr.write(`entrgi: ${describeError(error, flags)}\n`);
    if (context.env.ENTRGI_DEBUG === '1' && error instanceof Error) {
      context.stderr.write(`${error.stack}\n`);
    }
    return isUsage(error, flags) ? exitStatus.usage : exitStatus.error;
  }
};

/** Whether what is wrong stands on the command line, and not in a file or a model that it names. */
const isUsage = (error: unknown, flags: Flags): boolean =>
  InvalidArgumentError.isInstance(error) && flags.has(error.argument ?? '');

const commandLine = (context: Context): Command => {
  const program = new Command('entrgi')
    .description('Entropy-aware reward guidance for masked diffusion language models.')
    .version(version)
    .addHelpText('after', examples('demo', 'generate "Complete this story: A cat"', 'generate --help'));
  program.addCommand(demoCommand(context));
  program.addCommand(generateCommand(context));
  program.addCommand(differentiateCommand(context));
  program.addCommand(inspectCommand(context));
  program.addCommand(modelsCommand(context));
  program.addCommand(evalCommand(context));
  program.addCommand(reportCommand(context));
  program.addCommand(replayCommand(context));
  program.addCommand(scoreCommand(context));
  program.addCommand(completionCommand(context));
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((each) => each.commands),
  ]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(`entrgi: ${sentence(text)} See ${pathOf(command)} --help.\n`),
    });
    // The text names them already.
    command.configureHelp({ optionDescription: (option) => withDefault(option) });
  }
  return program;
};

/** Every option by the name that the library has for it. */
const flagsOf = (program: Command): Flags =>
  new Map([
    ...program.commands.flatMap(({ options }) =>
      options.map((option) => [option.attributeName(), option.long!] as const),
    ),
    ['PROMPT', 'PROMPT'],
    ['templateVariables', '--template-variable'],
    ['dtype.denoiser', '--denoiser-dtype'],
    ['dtype.reward', '--reward-dtype'],
  ]);

/** What commander says, in one line: "error: unknown command 'inspct'\n(Did you mean inspect?)". */
const sentence = (text: string): string =>
  text
    .trim()
    .replace(/^error: |\.$/g, '')
    .replace(/\.?\n\((Did you mean .*)\)$/s, '. $1')
    .replace(/[^?]$/, '$&.');

const withDefault = ({ description, defaultValue }: Option): string =>
  defaultValue === undefined ? description : `${description} (default: ${JSON.stringify(defaultValue)})`;

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;

const interrupted = ({ signal, stderr }: Context): number => {
  const { status, isQuiet } =
    signal.reason instanceof Interruption ? signal.reason : new Interruption(exitStatus.interrupted);
  if (!isQuiet) stderr.write('entrgi: Interrupted.\n');
  return status;
};
