import { type Disposable, disposable, type RunOptions, type Session, type Tensor } from '@entrgi/core';

export interface ExpertPoolOptions {
  /** Makes the session of an expert, from `x` to `y`, float32 [tokens, width]. */
  open(name: string): Promise<Session>;
  /** Bytes that an expert takes. */
  readonly bytes: number;
  /** Bytes that all together may take; one expert is held whatever it takes. */
  readonly limit: number;
}

export interface ExpertPool extends Disposable {
  run(name: string, x: Tensor<'float32'>, options: RunOptions): Promise<Float32Array>;
}

/**
 * Experts, each read when it is first chosen. Where they would take too much, those that have not been chosen
 * for longest are given up.
 */
export const expertPool = ({ open, bytes, limit }: ExpertPoolOptions): ExpertPool => {
  // In the order of their last use.
  const held = new Map<string, Session>();
  const giveUp = async (name: string) => {
    const session = held.get(name)!;
    held.delete(name);
    await session.dispose();
  };
  return {
    async run(name, x, options) {
      let session = held.get(name);
      if (session === undefined) {
        while (held.size > 0 && (held.size + 1) * bytes > limit) await giveUp(held.keys().next().value!);
        session = await open(name);
      } else held.delete(name);
      held.set(name, session);
      return (await session.run({ x }, options)).y!.data as Float32Array;
    },
    ...disposable(async () => {
      while (held.size > 0) await giveUp(held.keys().next().value!);
    }),
  };
};
