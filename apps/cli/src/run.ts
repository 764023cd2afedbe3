import { Command, CommanderError } from 'commander';
import { differentiateCommand } from './commands/differentiate.js';
import { generateCommand } from './commands/generate.js';
import { inspectCommand } from './commands/inspect.js';
import { type Context, exitStatus } from './context.js';
import { describeError, type Flags } from './describe-error.js';
import { Interruption } from './interrupt-signal.js';
import { version } from './version.js';
import { withinGrace } from './within-grace.js';

/** Runs one command line; resolves to the exit status and never rejects. */
export const run = async (argv: readonly string[], context: Context): Promise<number> => {
  const program = commandLine(context);
  try {
    await withinGrace(program.parseAsync(argv, { from: 'user' }), context.signal, 1300);
    return context.signal.aborted ? interrupted(context) : exitStatus.success;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.success : exitStatus.usage;
    if (context.signal.aborted) return interrupted(context);
    context.stderr.write(`entrgi: ${describeError(error, flagsOf(program))}\n`);
    if (context.env.ENTRGI_DEBUG === '1' && error instanceof Error) {
      context.stderr.write(`${error.stack}\n`);
    }
    return exitStatus.error;
  }
};

const commandLine = (context: Context): Command => {
  const program = new Command('entrgi')
    .description('Entropy-aware reward guidance for masked diffusion language models.')
    .version(version)
    .showSuggestionAfterError(false);
  program.addCommand(generateCommand(context));
  program.addCommand(differentiateCommand(context));
  program.addCommand(inspectCommand(context));
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) =>
        write(`entrgi: ${text.trim().replace(/^error: |\.$/g, '')}. See ${pathOf(command)} --help.\n`),
    });
  }
  return program;
};

/** Every option by the name that the library has for it. */
const flagsOf = (program: Command): Flags =>
  new Map([
    ...program.commands.flatMap(({ options }) =>
      options.map((option) => [option.attributeName(), option.long!] as const),
    ),
    ['dtype.denoiser', '--denoiser-dtype'],
    ['dtype.reward', '--reward-dtype'],
  ]);

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;

const interrupted = ({ signal, stderr }: Context): number => {
  const { status, isQuiet } =
    signal.reason instanceof Interruption ? signal.reason : new Interruption(exitStatus.interrupted);
  if (!isQuiet) stderr.write('entrgi: Interrupted.\n');
  return status;
};
