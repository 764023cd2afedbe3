import { CheckpointError } from '@entrgi/core';

/** The vocabulary has no token for a text, and none for what it does not know. */
export const unknownTokenError = (where: string, text: string): CheckpointError =>
  new CheckpointError(
    `${where}: no token for ${JSON.stringify(text.slice(0, 40))}, and no token for unknown text (unk_token, unk_id) in the vocabulary.`,
    { value: text },
  );
