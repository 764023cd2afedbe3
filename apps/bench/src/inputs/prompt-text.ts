import { loadClassifier } from '@entrgi/models';
import { openings, rewardDirectory } from '@entrgi/tiny-stories';

/**
 * Makes prompts of exactly so many tokens, chat template included, from the openings one after the other, beginning with opening `first`.
 * All checkpoints here have the embedded tokenizer.
 */
export const promptText = async (): Promise<(tokens: number, first?: number) => string> => {
  const { tokenizer } = await loadClassifier(rewardDirectory);
  const lengthOf = (prompt: string) => tokenizer.responseSlot(prompt).prefix.length;
  const start = 'Complete this story:';
  const startLength = lengthOf(start);
  // A space begins a new word, and the tokens of a word do not depend on what is before it.
  const pieces = openings.map((opening) => ` ${opening}`);
  const lengths = pieces.map((piece) => tokenizer.encodeText(piece).length);
  return (tokens, first = 0) => {
    let text = start;
    let left = tokens - startLength;
    for (let i = first; lengths[i]! <= left; i = (i + 1) % pieces.length) {
      text += pieces[i];
      left -= lengths[i]!;
    }
    const prompt = text + ' the'.repeat(Math.max(left, 0));
    if (lengthOf(prompt) === tokens) return prompt;
    throw new RangeError(`expected a prompt length of at least ${startLength} tokens, got ${tokens}`);
  };
};
