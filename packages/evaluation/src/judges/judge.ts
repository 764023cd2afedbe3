import type { Disposable, Prompt } from '@entrgi/core';

/** Rates finished responses, and has no part in how they come about: every `Reward` can be one. */
export interface Judge extends Disposable {
  readonly name: string;
  /** One score per response, in order; higher is better. */
  score(
    prompt: Prompt,
    responses: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ArrayLike<number>>;
}
