import { loadClassifier } from '@entrgi/models';
import { rewardDirectory } from '@entrgi/tiny-stories';
import { expect, test } from 'vitest';
import { promptText } from './prompt-text.js';

test('prompts have exactly the tokens asked for and differ by where they begin', async () => {
  const prompt = await promptText();
  const { tokenizer } = await loadClassifier(rewardDirectory);
  for (const tokens of [32, 64, 513, 4096]) {
    for (const first of [0, 63]) {
      expect(tokenizer.responseSlot(prompt(tokens, first)).prefix).toHaveLength(tokens);
    }
  }
  expect(prompt(64, 1)).not.toBe(prompt(64));
  expect(() => prompt(3)).toThrow('prompt length');
});
