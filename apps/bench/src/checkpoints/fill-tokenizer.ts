import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface TokenizerFile {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
  readonly model: { vocab: Record<string, number> };
}

/**
 * Copies a tokenizer and adds tokens up to `size`, which no text contains but which can be drawn: a padding row costs less than a token, for
 * it is never drawn and maps to nothing.
 */
export const fillTokenizer = (from: string, to: string, size: number): void => {
  copyFileSync(join(from, 'tokenizer_config.json'), join(to, 'tokenizer_config.json'));
  const file: TokenizerFile = JSON.parse(readFileSync(join(from, 'tokenizer.json'), 'utf8'));
  const { vocab } = file.model;
  for (const { id, content } of file.added_tokens) vocab[content] = id;
  for (let id = Object.keys(vocab).length; id < size; id++) vocab[`filler${id}`] = id;
  writeFileSync(join(to, 'tokenizer.json'), JSON.stringify(file));
};
