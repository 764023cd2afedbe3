import type { CommandWords, OptionWords, Value } from './words.js';

/** For `entrgi completion fish | source`. */
export const fish = ([program, ...commands]: readonly CommandWords[]): string => {
  const { name, options } = program!;
  const first = `complete -c ${name} -n __fish_use_subcommand`;
  const lines = [
    `# fish completion of ${name}: ${name} completion fish | source`,
    `complete -c ${name} -f`,
    ...commands.map((command) => `${first} -a ${command.name} -d '${command.description}'`),
    ...options.map((option) => `${first} ${flags(option)}`),
    ...commands.flatMap((command) => {
      const here = `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}'`;
      const argument = Array.isArray(command.argument) ? [`${here} -a '${command.argument.join(' ')}'`] : [];
      return [
        ...(command.argument === 'file' ? [`${here} -F`] : argument),
        ...command.options.map((option) => `${here} ${flags(option)}`),
      ];
    }),
  ];
  return `${lines.join('\n')}\n`;
};

const flags = ({ long, short, description, value }: OptionWords): string =>
  [
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...valued(value),
    `-d '${description}'`,
  ].join(' ');

const valued = (value: Value): string[] => {
  if (value === undefined) return [];
  if (value === 'file') return ['-r -F'];
  return value === 'text' ? ['-x'] : [`-x -a '${value.join(' ')}'`];
};
