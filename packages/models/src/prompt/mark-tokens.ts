import { CheckpointError } from '@entrgi/core';
import type { Mark } from '../contracts/network.js';
import type { TokenCodec } from '../vocabulary/token-codec.js';
import type { PromptFormat } from './prompt-format.js';

/**
 * The tokens of the text by which a network finds where to look.
 * @throws CheckpointError where the tokenizer or the template does not have it
 */
export const markTokens = (
  { text, endsSteps }: Mark,
  {
    codec,
    format,
    name,
  }: { readonly codec: TokenCodec; readonly format: PromptFormat; readonly name: string },
): readonly number[] => {
  const mark = codec.encode([{ text, isTemplate: true }]);
  const shown = JSON.stringify(text);
  if (endsSteps && mark.length !== 1) {
    throw new CheckpointError(
      `${name}: expected the tokenizer to have a token ${shown}, behind which each step of a response is scored, got ${mark.length} tokens for it.`,
      { value: text, hint: "Take the tokenizer.json of the reward model itself, not its base model's." },
    );
  }
  const { ids } = format.dialogue('a', 'b');
  const isWritten = ids.some((_, at) => mark.every((id, i) => ids[at + i] === id));
  if (isWritten) return mark;
  throw new CheckpointError(
    `${name}: expected the chat template to write ${shown} before a response, where the network looks for its prompt.`,
    { value: text, hint: "Take the reward model's own chat_template." },
  );
};
