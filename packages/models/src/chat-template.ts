import { type ChatMessage, CheckpointError, UnsupportedError } from '@entrgi/core';
import type * as Jinja from '@huggingface/jinja';

/** A piece of a rendered conversation: the template's own text, or the content of a message. */
export interface TemplatePart {
  readonly text: string;
  /** Index of the message whose content this is; undefined: the template's own text. */
  readonly message?: number;
}

/** Renders a conversation in parts, so that contents can be encoded as plain text. */
export type ChatTemplate = (
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
) => readonly TemplatePart[];

const longestTemplate = 100_000;
const deepestLoops = 3;
const longestRange = 256;

/**
 * A chat template (Jinja). `variables` are the special tokens that templates may name (bos_token, eos_token, …).
 *
 * The template sees a placeholder for each content, which it cannot meet in any text, so what a user writes can neither become a special
 * token nor steer the template; white space is trimmed off a content where the template trims.
 *
 * A template is a program. Its loops are bounded (`range` to 256 numbers, nesting to 3), since @huggingface/jinja would let
 * `range(1e9)` exhaust the memory of the process. Throws UnsupportedError beyond that, and CheckpointError where the template fails.
 */
export const chatTemplate = async (
  source: string,
  name: string,
  variables: Readonly<Record<string, string>>,
): Promise<ChatTemplate> => {
  if (source.length > longestTemplate) {
    throw new UnsupportedError(
      `${name}: expected at most ${longestTemplate} characters, got ${source.length}.`,
      { value: source.length },
    );
  }
  const { Environment, Interpreter, Template } = await import('@huggingface/jinja');
  let program: Jinja.Template['parsed'];
  let depth: number;
  try {
    program = new Template(source).parsed;
    depth = loopDepth(program);
  } catch (error) {
    throw new CheckpointError(`${name}: not a Jinja template (${(error as Error).message}).`, {
      cause: error,
    });
  }
  if (depth > deepestLoops) {
    throw new UnsupportedError(`${name}: expected loops nested at most ${deepestLoops} deep, got ${depth}.`, {
      value: depth,
    });
  }

  const render = (messages: readonly ChatMessage[], addGenerationPrompt: boolean): string => {
    const globals = new Environment();
    const values: Record<string, unknown> = {
      ...variables,
      ...{ true: true, false: false, none: null, True: true, False: false, None: null },
      messages,
      add_generation_prompt: addGenerationPrompt,
      range: boundedRange,
      raise_exception: (message: unknown) => {
        throw new Error(String(message));
      },
      // Dates would make results depend on the day.
      strftime_now: () => '',
    };
    for (const [key, value] of Object.entries(values)) globals.set(key, value);
    try {
      return String(new Interpreter(globals).run(program).value);
    } catch (error) {
      throw new CheckpointError(`${name}: the template fails (${(error as Error).message}).`, {
        cause: error,
      });
    }
  };

  return (messages, addGenerationPrompt) => {
    const mark = unusedMark([source, ...messages.map(({ content }) => content)]);
    const hidden = messages.map(({ role }, i) => ({ role, content: `${edge}${mark}${i}${mark}${edge}` }));
    const parts = partition(render(hidden, addGenerationPrompt), mark, messages);
    if (!parts.some(({ message }) => message === messages.length - 1)) {
      throw new CheckpointError(`${name}: the template leaves out the last message.`, { value: messages });
    }
    return parts;
  };
};

/** White space that templates trim but do not write. */
const edge = '\u2003';

/** Private-use characters that occur in none of the texts. */
const unusedMark = (texts: readonly string[]): string => {
  let mark = '\ue000';
  while (texts.some((text) => text.includes(mark))) mark += '\ue000';
  return `${mark}\ue001`;
};

const partition = (rendered: string, mark: string, messages: readonly ChatMessage[]): TemplatePart[] => {
  const parts: TemplatePart[] = [];
  let reached = 0;
  for (const match of rendered.matchAll(new RegExp(`(${edge}?)${mark}(\\d+)${mark}(${edge}?)`, 'g'))) {
    const message = Number(match[2]);
    let { content } = messages[message]!;
    if (match[1] === '') content = content.trimStart();
    if (match[3] === '') content = content.trimEnd();
    parts.push({ text: rendered.slice(reached, match.index) }, { text: content, message });
    reached = match.index + match[0].length;
  }
  return [...parts, { text: rendered.slice(reached) }].filter(
    ({ text, message }) => text !== '' || message !== undefined,
  );
};

const boundedRange = (start: number, stop?: number, step = 1): number[] => {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const count = step === 0 ? Number.POSITIVE_INFINITY : Math.ceil((to - from) / step);
  if (Number.isNaN(count) || count > longestRange) {
    throw new Error(`range: expected at most ${longestRange} numbers, got ${count}`);
  }
  return Array.from({ length: Math.max(count, 0) }, (_, i) => from + i * step);
};

/** How deeply `for` loops are nested, a macro counting where it stands. */
const loopDepth = (node: unknown): number => {
  if (typeof node !== 'object' || node === null) return 0;
  const inner = Object.values(node).reduce(
    (deepest: number, child) => Math.max(deepest, loopDepth(child)),
    0,
  );
  return inner + ((node as { type?: unknown }).type === 'For' ? 1 : 0);
};
