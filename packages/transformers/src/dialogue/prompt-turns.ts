import { type ChatMessage, InvalidArgumentError, type Prompt, UnsupportedError } from '@entrgi/core';

/**
 * A prompt as a conversation.
 * @throws InvalidArgumentError for one that is empty or does not end with a user turn
 */
export const promptTurns = (prompt: Prompt): readonly ChatMessage[] => {
  const turns = typeof prompt === 'string' ? [{ role: 'user', content: prompt } as const] : prompt;
  const last = Array.isArray(turns) ? (turns.at(-1) as ChatMessage | undefined) : undefined;
  if (last?.role === 'user' && typeof last.content === 'string' && last.content.trim() !== '') return turns;
  throw new InvalidArgumentError(
    'prompt: expected text, or a conversation that ends with a user turn that says something.',
    {
      value: prompt,
      argument: 'prompt',
    },
  );
};

/**
 * The one turn of a prompt, for models without a chat template.
 * @throws UnsupportedError for a conversation
 */
export const onlyTurn = (prompt: Prompt): string => {
  const turns = promptTurns(prompt);
  if (turns.length === 1) return turns[0]!.content;
  throw new UnsupportedError('A tokenizer without a chat template takes one user turn, not a conversation.', {
    value: prompt,
  });
};
