import { readFile } from 'node:fs/promises';
import { CheckpointError } from '@entrgi/core';
import { randomTokenizer } from '../../../packages/models/fixtures/random-tokenizer.js';
import { configReader } from '../../../packages/models/src/files/config-reader.js';
import { loadTokenizer } from '../../../packages/models/src/prompt/load-tokenizer.js';
import { mutateBytes } from '../mutate-bytes.js';
import { mutateJson } from '../mutate-json.js';
import type { Target } from '../target.js';

const fixtures = new URL('../../../packages/models/fixtures/', import.meta.url);
const text = (name: string) => readFile(new URL(name, fixtures));
const settings = new TextEncoder().encode(
  JSON.stringify({ chat_template: '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}' }),
);

/** tokenizer.json is loaded beside sound files, and encodes and decodes a text. */
export const tokenizer: Target = {
  inputs: async () => [
    ...(await Promise.all(
      ['dream', 'bert-reward', 'llama-reward', 'llada'].map((name) => text(`${name}/tokenizer.json`)),
    )),
    // Between them these have every part that there is.
    ...Array.from({ length: 60 }, (_, i) => new TextEncoder().encode(JSON.stringify(randomTokenizer(i)))),
  ],
  mutations: [mutateJson, mutateJson, mutateJson, mutateBytes],
  async attempt(bytes) {
    const files: Readonly<Record<string, Uint8Array>> = {
      'tokenizer.json': bytes,
      'tokenizer_config.json': settings,
    };
    const folder = {
      name: 'checkpoint',
      async open(file: string) {
        const content = files[file];
        return (
          content && {
            size: content.length,
            path: file,
            read: async (offset: number, length: number) => content.subarray(offset, offset + length),
            close: async () => {},
          }
        );
      },
    };
    const { encodeText, encodePrompt, decode } = await loadTokenizer(folder, {
      config: configReader({}, 'config.json'),
      vocabularySize: 2048,
    });
    decode(encodeText(' The  cat, [MASK] 12\u00e9\u{1f600}'));
    try {
      encodePrompt('Hello');
    } catch (error) {
      if (!CheckpointError.isInstance(error)) throw error;
    }
  },
};
