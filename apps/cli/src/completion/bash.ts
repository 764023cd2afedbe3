import type { CommandWords, OptionWords, Value } from './words.js';

/** For `source <(entrgi completion bash)`; works with the bash 3.2 of macOS. */
export const bash = ([program, ...commands]: readonly CommandWords[]): string => {
  const { name } = program!;
  return `# bash completion of ${name}: source <(${name} completion bash)
_${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=${name} i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${commands.map((each) => each.name).join('|')}) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  # bash cuts --name=value in three.
  [[ $word == = ]] && word=
  [[ $before == = ]] && before=\${COMP_WORDS[COMP_CWORD-2]}
  COMPREPLY=()
  case $command:$before in
${commands.flatMap(({ name: command, options }) => options.flatMap((option) => valueCase(command, option))).join('\n')}
  esac
  case $command:$word in
${[program!, ...commands].map(({ name: command, options }) => `    ${command}:-*) COMPREPLY=($(compgen -W '${spellings(options).join(' ')}' -- "$word")) ;;`).join('\n')}
    ${name}:*) COMPREPLY=($(compgen -W '${commands.map((each) => each.name).join(' ')}' -- "$word")) ;;
${commands.map(({ name: command, argument }) => `    ${command}:*) ${reply(argument)} ;;`).join('\n')}
  esac
}
complete -o default -F _${name} ${name}
`;
};

const valueCase = (command: string, { long, short, value }: OptionWords): string[] => {
  if (value === undefined) return [];
  const pattern = [long, ...(short === undefined ? [] : [short])]
    .map((each) => `${command}:${each}`)
    .join('|');
  return [`    ${pattern}) ${reply(value)}; return ;;`];
};

/** No reply at all is a file name to \`-o default\`. */
const reply = (value: Value): string => {
  if (value === 'file') return ':';
  if (value === 'text' || value === undefined) return 'compopt +o default 2> /dev/null';
  return `COMPREPLY=($(compgen -W '${value.join(' ')}' -- "$word"))`;
};

const spellings = (options: readonly OptionWords[]): string[] =>
  options.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));
