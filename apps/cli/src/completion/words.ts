import type { Argument, Command, Option } from 'commander';

/** What can stand somewhere: one of some words, a file, or anything (`text`); undefined where nothing can. */
export type Value = readonly string[] | 'file' | 'text' | undefined;

export interface OptionWords {
  /** `--output`, and `-o` where it has one. */
  readonly long: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly value: Value;
}

/** A command as shells complete it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly argument: Value;
  readonly options: readonly OptionWords[];
}

/** Every command of the program, as it describes itself; the program's own options stand under its name. */
export const wordsOf = (program: Command): CommandWords[] => {
  const help = program.createHelp();
  return [program, ...help.visibleCommands(program)].map((command) => ({
    name: command.name(),
    description: brief(command.summary() || command.description()),
    argument: command === program ? undefined : valueAt(command.registeredArguments[0]),
    options: help.visibleOptions(command).map((option) => ({
      long: option.long!,
      short: option.short,
      description: brief(option.description),
      value: option.required ? valueAt(option) : undefined,
    })),
  }));
};

const valueAt = (place: Argument | Option | undefined): Value => {
  if (place === undefined) return undefined;
  if (place.argChoices !== undefined) return place.argChoices;
  const name = 'flags' in place ? place.flags : place.name();
  return /FILE|MODEL|\.onnx/.test(name) ? 'file' : 'text';
};

/** Up to where it goes into details, without what shells would read as their own. */
const brief = (description: string): string =>
  description
    .split(/[:;(]/)[0]!
    .replace(/['"`$\\[\]]/g, '')
    .trim();
