import type { CommandWords, OptionWords, Value } from './words.js';

/** For `source <(entrgi completion zsh)` after compinit, or as a file \`_entrgi\` in \`$fpath\`. */
export const zsh = ([program, ...commands]: readonly CommandWords[]): string => {
  const { name, options } = program!;
  return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh), after compinit
_${name}() {
  local -a commands=(
${commands.map((command) => `    '${command.name}:${escaped(command.description)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments ${options.flatMap(specs).join(' ')}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
};

const commandCase = ({ name, argument, options }: CommandWords): string => {
  const words = [
    ...options.flatMap(specs),
    ...(argument === undefined ? [] : [`'*:${name}:${action(argument)}'`]),
  ];
  return `    ${name}) _arguments \\\n${words.map((word) => `      ${word}`).join(' \\\n')} ;;`;
};

/** An option as \`_arguments\` has it: '--steps[denoising steps]:value: '. */
const specs = ({ long, short, description, value }: OptionWords): string[] => {
  const rest = `[${escaped(description)}]${value === undefined ? '' : `:value:${action(value)}`}`;
  return [long, ...(short === undefined ? [] : [short])].map((spelling) => `'${spelling}${rest}'`);
};

const action = (value: Value): string => {
  if (value === 'file') return '_files';
  return value === 'text' || value === undefined ? ' ' : `(${value.join(' ')})`;
};

const escaped = (text: string): string => text.replaceAll(':', '\\:');
