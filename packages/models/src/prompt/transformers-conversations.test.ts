import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ChatMessage, CheckpointError } from '@entrgi/core';
import { describe, expect, it } from 'vitest';
import type { Folder } from '../files/byte-source.js';
import { configReader } from '../files/config-reader.js';
import { chatTemplate } from '../template/chat-template.js';
import { loadTokenizer } from './load-tokenizer.js';

/** What make-chat-templates.py wrote. */
interface Case {
  readonly source: string;
  readonly messages: readonly ChatMessage[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly text?: string;
  readonly ids?: Readonly<Record<string, readonly number[]>>;
  /** The template fails there too. */
  readonly error?: string;
}

const path = (file: string) => fileURLToPath(new URL(`../../fixtures/${file}`, import.meta.url));
const read = (file: string) => JSON.parse(readFileSync(path(`chat-templates/${file}`), 'utf8'));
const tokenizers: Readonly<Record<string, unknown>> = read('tokenizers.json');
const { templates, conversations, named, random } = read('cases.json');
const tokens = { unk_token: '<unk>', bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>' };

/** A folder with a tokenizer and a template in it. */
const folderOf = (tokenizer: unknown, chat_template: string): Folder => {
  const settings = { ...tokens, chat_template, tokenizer_class: 'PreTrainedTokenizerFast' };
  const files: Record<string, unknown> = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': settings };
  return {
    name: 'memory',
    async open(file) {
      if (!Object.hasOwn(files, file)) return undefined;
      const bytes = new TextEncoder().encode(JSON.stringify(files[file]));
      return {
        path: file,
        size: bytes.length,
        read: async (start, length) => bytes.slice(start, start + length),
        close: async () => {},
      };
    },
  } as Folder;
};

let refused = 0;
const isPrompt = (messages: readonly ChatMessage[]) => messages.at(-1)!.role === 'user';

/** The text and the ids here; what differs from there is in the message. */
const compare = async ({ source, messages, variables, text, ids = {}, error }: Case): Promise<void> => {
  const render = await chatTemplate(source, 'template', { tokens, variables });
  if (error !== undefined) {
    expect(() => render(messages, isPrompt(messages)), error).toThrow();
    return;
  }
  expect(render(messages, isPrompt(messages)).chars, source).toBe(text);
  for (const [kind, expected] of Object.entries(ids)) {
    const tokenizer = loadTokenizer(
      folderOf(tokenizers[kind], source),
      { config: configReader({}, 'config.json'), vocabularySize: 1000 },
      { templateVariables: variables },
    );
    try {
      const got = isPrompt(messages)
        ? (await tokenizer).encodePrompt(messages)
        : (await tokenizer).encodeDialogue(messages.slice(0, -1), messages.at(-1)!.content).ids;
      expect([...got], `${kind}: ${source}`).toEqual(expected);
    } catch (failure) {
      // A template that leaves out what is asked, or fails on one turn and an answer, is refused here.
      if (!(failure instanceof CheckpointError)) throw failure;
      expect(failure.message, source).toMatch(/leaves out the last message|the template fails/);
      refused++;
    }
  }
};

describe('conversations: the text and the ids of transformers', () => {
  it.each(Object.keys(templates))('%s', async (template) => {
    const cases = named.filter((each: { template: string }) => each.template === template);
    expect(cases.length).toBe(conversations.length);
    for (const each of cases) {
      await compare({ ...each, source: templates[template], messages: conversations[each.conversation] });
    }
  });

  it.each((random as Case[]).map((each, i) => [i, each] as const))('random template %i', async (_, each) => {
    await compare(each);
  });

  it('refuses few', () => {
    expect(refused).toBeLessThan(0.1 * (named.length + random.length));
  });
});

/** A Python with transformers. */
const python = process.env.ENTRGI_PYTHON ?? 'python3';
const missing =
  process.env.ENTRGI_SLOW !== '1'
    ? 'ENTRGI_SLOW=1 is not set'
    : spawnSync(python, ['-c', 'import transformers, tokenizers, jinja2']).status === 0
      ? undefined
      : `'${python}' has no transformers (ENTRGI_PYTHON names another)`;

describe.skipIf(missing !== undefined)(`more conversations${missing ? `: skipped, ${missing}` : ''}`, () => {
  it.each([11, 12, 13, 14, 15])(
    'seed %i',
    async (seed) => {
      const script = path('make-chat-templates.py');
      const { stdout, status } = spawnSync(python, [script, '--more', String(seed)], { maxBuffer: 2 ** 28 });
      expect(status).toBe(0);
      for (const each of JSON.parse(stdout.toString()) as Case[]) await compare(each);
    },
    300_000,
  );
});
