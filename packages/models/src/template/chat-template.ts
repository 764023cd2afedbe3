import { type ChatMessage, CheckpointError, EntrgiError, UnsupportedError } from '@entrgi/core';
import { evaluateTemplate } from './evaluate.js';
import { fromJson } from './from-json.js';
import { strftime } from './strftime.js';
import { parseTemplate } from './syntax.js';
import { Budget } from './value/budget.js';
import { Text } from './value/text.js';
import { asNumber, Callable, Dict, List, Namespace, typeName, type Value } from './value/values.js';

export interface ChatTemplateOptions {
  /** The special tokens that templates may name (bos_token, eos_token, …). */
  readonly tokens: Readonly<Record<string, string>>;
  /** What the caller gives the template besides, as JSON; it overrides the tokens. */
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /**
   * What the template takes for now.
   * @default it cannot ask
   */
  readonly date?: Date | undefined;
}

/**
 * Renders a conversation; each character knows whether it is the template's own, a message's, or the last
 * message's.
 */
export type ChatTemplate = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) => Text;

/**
 * A chat template (Jinja), rendered as transformers does: contents are what they are, and may steer the
 * template, but a content stays known as such wherever the template puts it, so that it can be encoded as
 * plain text. Roles are one of three words, and count as the template's own.
 *
 * A template is a program, and comes from strangers: it has a budget.
 * @throws UnsupportedError beyond it and for parts of Jinja2 that are not known, and CheckpointError where
 *   the template fails
 */
export const chatTemplate = async (
  source: string,
  name: string,
  options: ChatTemplateOptions,
): Promise<ChatTemplate> => {
  const program = await parseTemplate(source, name);
  return (messages, addGenerationPrompt) => {
    const given = messages.reduce((sum, { content }) => sum + content.length, 0);
    const budget = new Budget(name, given);
    try {
      const turns = messages.map(({ role, content }, i) =>
        Dict.of({
          role: Text.own(role),
          content: Text.of(content, i === messages.length - 1 ? 'r' : 'u'),
        }),
      );
      const variables = {
        ...globals(budget, options.date),
        ...Object.fromEntries(Object.entries(options.tokens).map(([role, token]) => [role, Text.own(token)])),
        tools: null,
        documents: null,
        ...Object.fromEntries(
          Object.entries(options.variables ?? {}).map(([key, value]) => [key, fromJson(value, key)]),
        ),
        messages: new List(turns),
        add_generation_prompt: addGenerationPrompt,
      };
      return evaluateTemplate(program, variables, { budget, name });
    } catch (error) {
      if (EntrgiError.isInstance(error)) throw error;
      if (error instanceof RangeError) {
        throw new UnsupportedError(`${name}: the template takes more room than there is.`, { cause: error });
      }
      throw new CheckpointError(`${name}: the template fails (${(error as Error).message.slice(0, 500)}).`, {
        cause: error,
      });
    }
  };
};

/** What transformers defines besides Jinja2's own. */
const globals = (budget: Budget, date: Date | undefined): Record<string, Value> => ({
  range: new Callable(({ positional }) => {
    const [first = 0, second, by = 1] = positional.map((value) => asNumber(value) ?? Number.NaN);
    const [from, to] = second === undefined ? [0, first] : [first, second];
    const count = Math.max(Math.ceil((to - from) / by), 0);
    budget.spend(by === 0 ? Number.NaN : count);
    return new List(Array.from({ length: count }, (_, i) => from + i * by));
  }),
  dict: new Callable(({ positional: [from], named }) => {
    const dict = new Dict();
    if (from instanceof Dict) for (const { key, value } of from.entries.values()) dict.set(key, value);
    else if (from !== undefined) throw new Error(`dict: expected a dict, got ${typeName(from)}`);
    budget.spend(dict.entries.size + named.size);
    for (const [key, value] of named) dict.set(Text.own(key), value);
    return dict;
  }),
  namespace: new Callable(({ positional: [from], named }) => {
    const attributes = new Map(named);
    if (from instanceof Dict) {
      budget.spend(from.entries.size);
      for (const { key, value } of from.entries.values()) {
        if (key instanceof Text && !attributes.has(key.chars)) attributes.set(key.chars, value);
      }
    }
    return new Namespace(attributes);
  }),
  raise_exception: new Callable(({ positional: [message] }) => {
    throw new Error(message instanceof Text ? message.chars.slice(0, 500) : 'raise_exception');
  }),
  ...(date === undefined
    ? {}
    : {
        strftime_now: new Callable(({ positional: [format] }) => {
          if (!(format instanceof Text)) throw new Error('strftime_now: expected a format');
          budget.spendCharacters(16 * format.length);
          return Text.own(strftime(date, format.chars));
        }),
      }),
});
