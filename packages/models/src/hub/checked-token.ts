import { InvalidArgumentError } from '@entrgi/core';

/**
 * A token without the spaces around it; undefined for none. What cannot be in a header is refused here: the
 * platform's own message would show the token. `hint` says where it may have come from.
 * @throws InvalidArgumentError
 */
export const checkedToken = (text: string | undefined, hint?: string): string | undefined => {
  const token = text?.trim() || undefined;
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  throw new InvalidArgumentError(
    'token: expected printable ASCII characters without spaces.',
    hint === undefined ? {} : { hint },
  );
};
