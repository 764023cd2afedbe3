/** A fenced piece of a page. */
export interface CodeBlock {
  /** What it is called in a failure: the page, and the line where it begins. */
  readonly name: string;
  /** `ts`, `sh`, or '' where none is said. */
  readonly language: string;
  readonly code: string;
}

/** Every fenced block of a page, in order. */
export const codeBlocks = (page: string, markdown: string): CodeBlock[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(({ index, 1: language, 2: code }) => ({
    name: `${page}:${markdown.slice(0, index).split('\n').length}`,
    language: language!,
    code: code!,
  }));

/** What a program says that it prints: the comments behind `console.log(…)` that are values, not prose, without their spaces and quotes. */
export const promises = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\); \/\/ ((?:[[{A-Z\d]).*)$/gm)]
    .flatMap(([, said]) => said!.split(/: /)[0]!.split(/, (?![^[]*\])/))
    .map(bare);

/** Text without what printing may do differently. */
export const bare = (text: string): string => text.replace(/[\s'"]/g, '');

/** The lines that a shell would run, without comments. */
export const commandLines = ({ language, code }: CodeBlock): string[] =>
  language === 'ts'
    ? []
    : code
        .split('\n')
        .map((line) => line.replace(/\s+#.*$/, '').trim())
        .filter((line) => line !== '');
