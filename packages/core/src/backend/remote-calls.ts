/** What a thread answers to a call. */
export interface Answer {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly hint?: string; readonly code?: string };
}

/** Calls of a thread that answers by messages. */
export interface RemoteCalls {
  /** Sends a call and waits for its answer; rejects with the end, where the thread has ended. */
  ask<T>(method: string, args: readonly unknown[], moved?: ArrayBuffer[]): Promise<T>;
  /** Takes an answer. */
  settle(answer: Answer): void;
  /** Rejects what is pending and what follows. */
  end(error: Error): void;
  readonly ended: boolean;
}

/**
 * Numbers calls and matches answers to them. `send` posts a message; `onIdle`, if given, is told whether any
 * call is pending, whenever that changes.
 */
export const remoteCalls = (
  send: (message: { call: number; method: string; args: readonly unknown[] }, moved: ArrayBuffer[]) => void,
  onIdle: (idle: boolean) => void = () => {},
): RemoteCalls => {
  const pending = new Map<number, { resolve(result: never): void; reject(error: unknown): void }>();
  let count = 0;
  let ending: Error | undefined;
  const take = (call: number) => {
    const found = pending.get(call);
    pending.delete(call);
    if (pending.size === 0) onIdle(true);
    return found;
  };
  return {
    ask: <T>(method: string, args: readonly unknown[], moved: ArrayBuffer[] = []) =>
      new Promise<T>((resolve, reject) => {
        if (ending !== undefined) return reject(ending);
        count += 1;
        pending.set(count, { resolve: resolve as (result: never) => void, reject });
        onIdle(false);
        send({ call: count, method, args }, moved);
      }),
    settle({ call, result, error }) {
      const found = take(call);
      if (error === undefined) found?.resolve(result as never);
      else found?.reject(Object.assign(new Error(error.message), { hint: error.hint, code: error.code }));
    },
    end(error) {
      ending ??= error;
      for (const call of [...pending.keys()]) take(call)?.reject(ending);
    },
    get ended() {
      return ending !== undefined;
    },
  };
};
