import { type OptionCheck, requireName } from '@entrgi/core/internal';

/**
 * Which tokens end a response, a convention.
 * - `turn`: every token that ends a turn: the tokenizer's eos_token, the one that closes a response in the
 *   chat template, and those that the
 *   configs name.
 * - `eos`: the tokenizer's eos_token alone, as in the authors' code. Behind another token that ends a turn
 *   the response goes on.
 */
export type EndTokens = 'turn' | 'eos';

/** Every convention about which tokens end a response, as the option `endTokens` takes it. */
export const endTokens: readonly EndTokens[] = ['turn', 'eos'];

/** Throws InvalidArgumentError for what is no such convention. */
export const requireEndTokens: OptionCheck = (name, value) => requireName(name, value, endTokens);
