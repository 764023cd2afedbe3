/** The end of a help text: command lines that work, without the name of the program. */
export const examples = (...lines: readonly string[]): string =>
  ['', 'Examples:', ...lines.map((line) => `  $ entrgi ${line}`)].join('\n');
