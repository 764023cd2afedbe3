import { CheckpointError, type Prompt, UnsupportedError } from '@entrgi/core';
import type { TemplateOptions } from '../contracts/template-options.js';
import type { Files } from '../files/byte-source.js';
import { readText } from '../files/json-file.js';
import type { Text } from '../template/value/text.js';
import type { TextPiece, TokenCodec } from '../vocabulary/token-codec.js';
import { ownMarks, withMarks } from './marked-steps.js';
import type { PromptFormat } from './prompt-format.js';
import { promptMessages } from './prompt-messages.js';

export interface ChatFormatSources extends TemplateOptions {
  /** tokenizer_config.json. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Special tokens by role. */
  readonly roles: Readonly<Record<string, string>>;
  readonly codec: TokenCodec;
  /** What is put behind each step of a response, a paragraph, as a special token. */
  readonly stepMark?: string | undefined;
}

/**
 * The format of chat_template.jinja or tokenizer_config.json's chat_template; undefined where there is
 * neither.
 */
export const chatFormat = async (
  folder: Files,
  { settings, roles, codec, stepMark, templateVariables: variables, templateDate: date }: ChatFormatSources,
): Promise<PromptFormat | undefined> => {
  const found = await findTemplate(folder, settings, (variables?.tools ?? null) !== null);
  if (found === undefined) return undefined;
  const { source, name } = found;
  // A page whose models have no template does not load the language of templates.
  const { chatTemplate } = await import('../template/chat-template.js');
  const render = await chatTemplate(source, name, { tokens: roles, variables, date });
  const renderDialogue = (prompt: Prompt, response: string) =>
    render([...promptMessages(prompt), { role: 'assistant', content: response }], false);
  const encode = (text: Text) => Int32Array.from(codec.encode(piecesOf(text)));
  const encodeDialogue = (prompt: Prompt, response: string) => {
    if (stepMark === undefined) return encode(renderDialogue(prompt, response));
    const marked = withMarks(response, stepMark);
    return encode(ownMarks(renderDialogue(prompt, marked.text), marked, { mark: stepMark, name }));
  };
  const refuse = (prompt: Prompt): never => {
    throw new UnsupportedError(
      `${name}: the template does more with a response than to put it in one place.`,
      {
        value: prompt,
        hint: 'Such a reward can score finished texts, but it cannot guide.',
      },
    );
  };

  const closing = ownTextAfter(renderDialogue('a', NEUTRAL));
  if (closing === undefined) {
    throw new CheckpointError(`${name}: the template leaves out the last message.`, { value: name });
  }
  // No token is longer.
  const [first] = codec.encode([{ text: closing.slice(0, 1000), isTemplate: true }]);

  return {
    closingId: first !== undefined && codec.specialIds.includes(first) ? first : undefined,

    prompt(prompt) {
      const messages = promptMessages(prompt);
      const text = render(messages, true);
      if (text.origins.includes('r')) return encode(text);
      throw new CheckpointError(`${name}: the template leaves out the last message.`, { value: messages });
    },

    dialogue(prompt, response) {
      const ids = encodeDialogue(prompt, response);
      return { ids, types: new Int32Array(ids.length) };
    },

    responseSlot(prompt) {
      const letters = distinctLetters(codec);
      const [expected, ...others] = [NEUTRAL, ...letters].map((response) =>
        textAround(renderDialogue(prompt, response), response),
      );
      if (expected === undefined || others.some((other) => other?.join('\0') !== expected.join('\0'))) {
        refuse(prompt);
      }
      const dialogues = letters.map((letter) => encodeDialogue(prompt, letter));
      const [prefix, suffix] = commonEnds(dialogues);
      return {
        prefix,
        suffix,
        types: {
          prefix: new Int32Array(prefix.length),
          response: 0,
          suffix: new Int32Array(suffix.length),
        },
      };
    },
  };
};

/** A response with much in it that a template might change, and nothing that one could take for a mark. */
const NEUTRAL =
  'The quick brown Fox jumps over\n\nthe lazy dog: "0123456789" \\ it\'s {so} [a] <b> & (naïve, 漢字 🐰)\tat last';

/**
 * The template's and its name: chat_template.jinja, or what tokenizer_config.json says; of several, the one
 * for tools where there are some.
 */
const findTemplate = async (
  folder: Files,
  settings: Readonly<Record<string, unknown>>,
  hasTools: boolean,
): Promise<{ source: string; name: string } | undefined> => {
  const inFile = async (file: string) => {
    const source = await readText(folder, file);
    return source === undefined ? undefined : { source, name: `${folder.name}/${file}` };
  };
  const forTools = hasTools ? await inFile('additional_chat_templates/tool_use.jinja') : undefined;
  const file = forTools ?? (await inFile('chat_template.jinja'));
  if (file !== undefined) return file;
  const named = namedTemplates(settings.chat_template);
  const source = (hasTools ? named.get('tool_use') : undefined) ?? named.get('default');
  return typeof source === 'string'
    ? { source, name: `${folder.name}/tokenizer_config.json: chat_template` }
    : undefined;
};

/** One template, a list of named ones, or an object of them; the one for conversations is called default. */
const namedTemplates = (value: unknown): ReadonlyMap<string, unknown> => {
  if (Array.isArray(value)) return new Map(value.map((entry) => [entry?.name, entry?.template]));
  return typeof value === 'object' && value !== null
    ? new Map(Object.entries(value))
    : new Map([['default', value]]);
};

/** Runs of the template's own characters and of everybody else's. */
const piecesOf = ({ chars, origins }: Text): TextPiece[] =>
  Array.from(origins.matchAll(/t+|[^t]+/g), ({ 0: run, index }) => ({
    text: chars.slice(index, index + run.length),
    isTemplate: run.startsWith('t'),
  }));

/** What the template writes right behind the last message; undefined where that is left out. */
const ownTextAfter = ({ chars, origins }: Text): string | undefined => {
  const last = origins.lastIndexOf('r');
  if (last < 0) return undefined;
  const other = origins.indexOf('u', last);
  return chars.slice(last + 1, other < 0 ? undefined : other);
};

/** What stands before and after the response, where it stands in one place as it is. */
const textAround = ({ chars, origins }: Text, response: string): [string, string] | undefined => {
  const start = origins.indexOf('r');
  const end = origins.lastIndexOf('r') + 1;
  return start >= 0 && chars.slice(start, end) === response
    ? [chars.slice(0, start), chars.slice(end)]
    : undefined;
};

/** Responses that share no token: letters that the tokenizer knows. */
const distinctLetters = (codec: TokenCodec): readonly string[] => {
  const byId = new Map<number, string>();
  for (const letter of 'kateonisrhmbcdfglpuvwxyzjq0123456789KATEON') {
    const id = codec.encode([{ text: letter, isTemplate: false }]).at(-1);
    if (id !== undefined && !byId.has(id)) byId.set(id, letter);
    if (byId.size === 3) break;
  }
  return [...byId.values()];
};

/** The longest beginning and end that all have. */
const commonEnds = (all: readonly Int32Array[]): [Int32Array, Int32Array] => {
  const [first] = all as [Int32Array];
  const shortest = Math.min(...all.map(({ length }) => length));
  let before = 0;
  while (before < shortest && all.every((ids) => ids[before] === first[before])) before++;
  let after = 0;
  while (after < shortest - before && all.every((ids) => ids.at(-1 - after) === first.at(-1 - after)))
    after++;
  return [first.slice(0, before), first.slice(first.length - after)];
};
