import { type Prompt, UnsupportedError } from '@entrgi/core';
import type { Folder } from './byte-source.js';
import { type ChatTemplate, chatTemplate } from './chat-template.js';
import { readText } from './json-file.js';
import { pairTemplate } from './pair-template.js';
import { promptMessages } from './prompt-messages.js';

/** A piece of a formatted prompt: the format's own text, or somebody else's. */
export interface PromptPart {
  readonly text: string;
  readonly isTemplate: boolean;
}

/** How a model wants a prompt and its response to be laid out. */
interface PromptFormat {
  readonly kind: 'chat' | 'pair';
  around(prompt: Prompt): { before: readonly PromptPart[]; after: readonly PromptPart[] };
}

/** Turns, as a chat template writes them. */
export interface ChatFormat extends PromptFormat {
  readonly kind: 'chat';
  prompt(prompt: Prompt): readonly PromptPart[];
}

/** Two texts, as encoders like BERT take them. */
export interface PairFormat extends PromptFormat {
  readonly kind: 'pair';
}

/** The format of chat_template.jinja or tokenizer_config.json's chat_template; undefined where there is neither. */
export const chatFormat = async (
  folder: Folder,
  settings: Readonly<Record<string, unknown>>,
  roles: Readonly<Record<string, string>>,
): Promise<ChatFormat | undefined> => {
  const inFile = await readText(folder, 'chat_template.jinja', 1_000_000);
  const source = inFile ?? templateIn(settings.chat_template);
  if (source === undefined) return undefined;
  const name = `${folder.name}/${inFile === undefined ? 'tokenizer_config.json: chat_template' : 'chat_template.jinja'}`;
  const render: ChatTemplate = await chatTemplate(source, name, roles);
  const toPart = ({ text, message }: { text: string; message?: number }): PromptPart => ({
    text,
    isTemplate: message === undefined,
  });
  return {
    kind: 'chat',
    prompt: (prompt) => render(promptMessages(prompt), true).map(toPart),
    around(prompt) {
      const messages = promptMessages(prompt);
      const parts = render([...messages, { role: 'assistant', content: 'response' }], false);
      const at = parts.findIndex(({ message }) => message === messages.length);
      return { before: parts.slice(0, at).map(toPart), after: parts.slice(at + 1).map(toPart) };
    },
  };
};

/** Some files list several templates by name; the one for conversations is called default. */
const templateIn = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const named = value.find((entry) => entry?.name === 'default') as { template?: unknown } | undefined;
  return typeof named?.template === 'string' ? named.template : undefined;
};

/** The format of tokenizer.json's post_processor; undefined where it is not made for pairs. */
export const pairFormat = (postProcessor: unknown): PairFormat | undefined => {
  const pair = pairTemplate(postProcessor);
  if (pair === undefined) return undefined;
  const template = (tokens: readonly string[]) =>
    tokens.map((text): PromptPart => ({ text, isTemplate: true }));
  return {
    kind: 'pair',
    around(prompt) {
      const messages = promptMessages(prompt);
      if (messages.length > 1) {
        throw new UnsupportedError(
          'A tokenizer without a chat template takes one user turn, not a conversation.',
          {
            value: prompt,
          },
        );
      }
      const text: PromptPart = { text: messages[0]!.content, isTemplate: false };
      return {
        before: [...template(pair.before), text, ...template(pair.between)],
        after: template(pair.after),
      };
    },
  };
};
