import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openings } from 'entrgi';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { readData } from './read-data.js';

const file = async (name: string, text: string | Uint8Array): Promise<string> => {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, text);
  return path;
};

test('JSONL: text, prompts and conversations; other fields and blank lines are left alone', async () => {
  const turns = [{ role: 'user', content: 'c' }];
  const path = await file(
    'a.jsonl',
    `\ufeff{"id": 1, "prompt": "a"}\n\n"b"\r\n${JSON.stringify({ messages: turns })}`,
  );
  expect(await readData(path)).toEqual([{ prompt: 'a' }, { prompt: 'b' }, { prompt: turns }]);
  expect(await readData(path, { limit: 1 })).toEqual([{ prompt: 'a' }]);
});

test('a pipe is refused, also one that nobody writes to', async () => {
  const pipe = join(await temporaryFolder(), 'prompts.jsonl');
  execFileSync('mkfifo', [pipe]);
  await expect(readData(pipe)).rejects.toThrow(`${pipe}: expected a file, got a pipe or a device.`);
});

test('CSV and TSV, by the names of their columns', async () => {
  const csv = await file('a.csv', 'id,prompt\r\n1,"He said ""no"",\nand left"\r\n2,b\r\n');
  expect(await readData(csv)).toEqual([{ prompt: 'He said "no",\nand left' }, { prompt: 'b' }]);
  expect(await readData(await file('a.tsv', 'prompt\tid\na, b\t1\n'))).toEqual([{ prompt: 'a, b' }]);
});

// Written by pyarrow 26, with snappy: id, prompt and n of three rows, of which the last prompt is blank.
const parquet = fileURLToPath(new URL('../../fixtures/prompts.parquet', import.meta.url));

test('Parquet, by the names of its columns', async () => {
  expect(await readData(parquet, { limit: 2 })).toEqual([
    { prompt: 'What is Gremolata?' },
    { prompt: 'Où est le chat ?' },
  ]);
  await expect(readData(parquet)).rejects.toThrow('prompts.parquet, row 3: expected some text');
  const none = await file('a.parquet', 'nothing');
  await expect(readData(none)).rejects.toThrow(`${none}: expected a Parquet file (`);
});

test('Parquet as other programs compress it', async () => {
  // One row, "a b", by pyarrow 26: pq.write_table(pa.table({"prompt": ["a b"]}), f, compression="zstd", store_schema=False).
  const zstd =
    'UEFSMRUEFQ4VIEwVAhUAEgAAKLUv/SAHOQAAAwAAAGEgYhUAFRIVJCwVAhUQFQYVBhw2ACgDYSBiGANhIGIREQAAACi1L/0gCUkAAAIAAAACAQECABUEGSw1ABgGc2NoZW1hFQIAFQwlAhgGcHJvbXB0JQBMHAAAABYCGRwZHCYAHBUMGTUABhAZGAZwcm9tcHQVDBYCFn4WogEmRCYIHDYAKANhIGIYA2EgYhERABksFQQVABUCABUAFRAVAgA8FgYZBhkmAAIAAAAWfhYCJggWogEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRkcHAAAAKgAAABQQVIx';
  expect(await readData(await file('a.parquet', Buffer.from(zstd, 'base64')))).toEqual([{ prompt: 'a b' }]);
});

test('JSON: a list of records, or one a line', async () => {
  const list = '\ufeff [\n  {"prompt": "a"},\n  {"prompt": " "},\n  "c"\n]';
  const path = await file('a.json', list);
  await expect(readData(path)).rejects.toThrow(`${path}, record 2: expected some text, got an empty prompt.`);
  const told: string[] = [];
  const onMalformed = ({ message }: Error) => told.push(message);
  expect(await readData(path, { onMalformed })).toEqual([{ prompt: 'a' }, { prompt: 'c' }]);
  expect(told).toEqual([expect.stringContaining('record 2')]);
  expect(await readData(await file('b.json', '{"prompt": "a"}\n"b"'))).toEqual([
    { prompt: 'a' },
    { prompt: 'b' },
  ]);
  const cut = await file('c.json', '[{"prompt": "a"}');
  await expect(readData(cut)).rejects.toThrow(`${cut}: expected JSON, got "[{`);
});

test('what is malformed is named by its line, and may be left out', async () => {
  const refused = async (name: string, text: string | Uint8Array, what: string) => {
    const path = await file(name, text);
    await expect(readData(path)).rejects.toThrow(`${path}${what}`);
  };
  await refused('a.jsonl', '"a"\n{"prompt": ', ', line 2: expected JSON, got "{\\"prompt\\": "');
  await refused(
    'a.jsonl',
    Uint8Array.of(34, 200, 34),
    ', line 1: expected JSON, got bytes that are no UTF-8',
  );
  await refused('a.jsonl', '{"prompt": " "}', ', line 1: expected some text, got an empty prompt');
  await refused(
    'a.jsonl',
    '{"text": "a"}',
    ', line 1: expected a text or an object with "prompt" or "messages"',
  );
  await refused(
    'a.jsonl',
    '{"messages": [{"role": "assistant", "content": "a"}]}',
    ', line 1: expected a conversation',
  );
  await refused('a.jsonl', '\n', ': expected at least one prompt, got none.');
  await refused(
    'a.csv',
    'prompt,b\na,b,c\n',
    ': Invalid Record Length: columns length is 2, got 3 on line 2.',
  );
  await refused('a.csv', 'text\na\n', ', line 2: expected a text or an object with "prompt"');
  await expect(readData('nowhere.jsonl')).rejects.toMatchObject({ code: 'not-found' });

  const told: string[] = [];
  const path = await file('b.jsonl', '"a"\n{\n"b"\n');
  const onMalformed = (error: Error) => told.push(error.message);
  expect(await readData(path, { onMalformed })).toEqual([{ prompt: 'a' }, { prompt: 'b' }]);
  expect(told).toEqual([expect.stringContaining(`${path}, line 2: expected JSON`)]);
});

test('openings are those that come with the embedded models', async () => {
  const data = await readData('openings');
  expect(data).toHaveLength(64);
  expect(data[3]).toEqual({ prompt: `Complete this story: ${openings[3]}` });
});
