import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixture } from '../../fixtures/fixture.js';
import type { Files } from '../files/byte-source.js';
import { readTokenizerFile } from './read-tokenizer-file.js';
import { tokenCodec } from './token-codec.js';

interface Expected {
  readonly name: string;
  readonly files: Readonly<Record<string, Record<string, unknown>>>;
  readonly rows: number;
  readonly texts: readonly { readonly text: string; readonly ids: number[]; readonly decoded: string }[];
  readonly roles: Readonly<Record<string, number | null>>;
}

/** What transformers made of the files (make-tokenizer-files.py). */
const cases = JSON.parse(
  await readFile(join(fixture('.'), 'tokenizer-files.json'), 'utf8'),
) as readonly Expected[];

const inMemory = (files: Expected['files']): Files => ({
  name: 'folder',
  async open(file) {
    if (files[file] === undefined) return undefined;
    const bytes = new TextEncoder().encode(JSON.stringify(files[file]));
    return {
      size: bytes.length,
      read: async (offset: number, length: number) => bytes.subarray(offset, offset + length),
      close: async () => {},
    };
  },
});

it.each(cases.map((expected) => [expected.name, expected] as const))(
  'ids, texts and special tokens equal those of transformers: %s',
  async (_, { files, rows, texts, roles: wanted }) => {
    const settings = files['tokenizer_config.json']!;
    const { file, roles } = await readTokenizerFile(inMemory(files), files['config.json']!, settings);
    const codec = await tokenCodec(file, settings, 'tokenizer.json', rows);
    for (const { text, ids, decoded } of texts) {
      expect(codec.encode([{ text, isTemplate: true }]), text).toEqual(ids);
      expect(codec.decode(ids), text).toBe(decoded);
    }
    const ids = Object.fromEntries(
      Object.keys(wanted).map((role) => {
        const id = codec.tokens.indexOf(roles[role]);
        return [role, roles[role] === undefined || id < 0 ? null : id];
      }),
    );
    expect(ids).toEqual(wanted);
  },
);
