import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError } from '@entrgi/core';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { checkPrompt, readPrompts } from './read-prompts.js';

const promptsFile = async (content: string): Promise<string> => {
  const file = join(await temporaryFolder(), 'prompts.jsonl');
  await writeFile(file, content);
  return file;
};

describe('readPrompts', () => {
  test('reads objects, strings and conversations, and skips blank lines', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ];
    const file = await promptsFile(
      `\ufeff{"prompt": "One"}\r\n\n"Two\\nlines"\n${JSON.stringify({ messages })}\n{"prompt": "Four", "id": 4}`,
    );
    const entries = await readPrompts(file);
    expect(entries.map(({ prompt }) => prompt)).toEqual(['One', 'Two\nlines', messages, 'Four']);
    expect(entries.map(({ source }) => source)).toEqual([1, 3, 4, 5].map((line) => `${file}, line ${line}`));
  });

  test.each([
    ['not JSON', 'once upon a time', /line 2: expected JSON, got "once upon a time"/],
    [
      'of a doubled key',
      '{"prompt": "x", "prompt": "y"}',
      /line 2: expected JSON.*"prompt" stands there twice/,
    ],
    ['cut off', '{"prompt": "x"', /line 2: expected JSON/],
    ['a number', '7', /line 2: expected a text or an object with "prompt" or "messages", got 7/],
    ['null', 'null', /line 2: expected a text or an object/],
    ['a list', '["x"]', /line 2: expected a text or an object/],
    ['another key', '{"text": "x"}', /line 2: expected a text or an object/],
    ['a prompt that is no string', '{"prompt": 1}', /line 2: expected a text or an object/],
    ['both', '{"prompt": "x", "messages": []}', /line 2: expected "prompt" or "messages", got both/],
    ['empty', '{"prompt": " "}', /line 2: expected some text, got an empty prompt/],
    ['no messages', '{"messages": []}', /line 2: expected a list of messages/],
    [
      'an unknown role',
      '{"messages": [{"role": "tool", "content": "x"}]}',
      /line 2: expected messages with a role/,
    ],
    ['no content', '{"messages": [{"role": "user"}]}', /line 2: expected messages with a role/],
    [
      'the assistant last',
      '{"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}',
      /line 2: expected a conversation that ends with a user turn/,
    ],
  ])('a line that is %s is named', async (_, line, message) => {
    const file = await promptsFile(`"fine"\n${line}\n`);
    const error = await readPrompts(file).catch((e) => e);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(file);
  });

  test('bytes that are no UTF-8 are refused with their line', async () => {
    const file = join(await temporaryFolder(), 'prompts.jsonl');
    await writeFile(file, Buffer.concat([Buffer.from('"fine"\n"'), Buffer.of(0xff), Buffer.from('"\n')]));
    const refused = readPrompts(file);
    await expect(refused).rejects.toThrow(InvalidArgumentError);
    await expect(refused).rejects.toThrow('line 2: expected JSON, got bytes that are no UTF-8');
  });

  test('a pipe is refused, also one that nobody writes to', async () => {
    const pipe = join(await temporaryFolder(), 'prompts.jsonl');
    execFileSync('mkfifo', [pipe]);
    await expect(readPrompts(pipe)).rejects.toThrow(`${pipe}: expected a file, got a pipe or a device.`);
  });

  test('a file without prompts is refused', async () => {
    await expect(readPrompts(await promptsFile('\n \n'))).rejects.toThrow(
      'expected at least one prompt, got none',
    );
  });

  test('an empty prompt is refused under the name it has', () => {
    expect(() => checkPrompt('', 'PROMPT')).toThrow('PROMPT: expected some text, got an empty prompt.');
    expect(checkPrompt('Hi', 'PROMPT')).toEqual({ prompt: 'Hi', source: 'PROMPT' });
  });
});
