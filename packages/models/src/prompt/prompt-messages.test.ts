import { expect, it } from 'vitest';
import { promptMessages } from './prompt-messages.js';

it('makes one user turn of text, and leaves a conversation as it is', () => {
  expect(promptMessages(' a ')).toEqual([{ role: 'user', content: ' a ' }]);
  const conversation = [
    { role: 'system', content: '' },
    { role: 'user', content: 'a' },
  ] as const;
  expect(promptMessages(conversation)).toBe(conversation);
});
