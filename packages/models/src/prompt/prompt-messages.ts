import { type ChatMessage, InvalidArgumentError, type Prompt } from '@entrgi/core';

const roles = ['system', 'user', 'assistant'];

/**
 * A prompt as a conversation.
 * @throws InvalidArgumentError unless it ends with a user turn that says something
 */
export const promptMessages = (prompt: Prompt): readonly ChatMessage[] => {
  const messages = typeof prompt === 'string' ? [{ role: 'user', content: prompt } as const] : prompt;
  if (!Array.isArray(messages)) {
    throw new InvalidArgumentError(`prompt: expected text or a list of messages, got ${typeof prompt}.`, {
      value: prompt,
      argument: 'prompt',
    });
  }
  messages.forEach((message: ChatMessage, i) => {
    if (!roles.includes(message?.role) || typeof message.content !== 'string') {
      throw new InvalidArgumentError(
        `prompt: message ${i}: expected a role among ${roles.join(', ')} and content that is text.`,
        { value: message, argument: 'prompt' },
      );
    }
  });
  const last: ChatMessage | undefined = messages.at(-1);
  if (last?.role !== 'user' || last.content.trim() === '') {
    throw new InvalidArgumentError(
      typeof prompt === 'string' || last === undefined
        ? 'prompt: expected some text, got none.'
        : `prompt: expected it to end with a user turn that says something, got ${JSON.stringify(last)}.`,
      { value: prompt, argument: 'prompt' },
    );
  }
  return messages;
};
