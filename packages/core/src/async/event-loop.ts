/**
 * Timers, signals and messages wait no longer than this for a long computation, and the piece of it that is
 * under way.
 */
const LONGEST_MS = 16;

let lastTurn = 0;

/** Whether the event loop has not turned for a while, as far as those who ask here know. */
export const turnIsDue = (): boolean => performance.now() - lastTurn > LONGEST_MS;

/**
 * Lets the event loop turn: timers fire, messages arrive, an abort is heard. Long computations do so between
 * pieces of a few milliseconds: `if (turnIsDue()) await nextTurn(signal)`. By a message to itself, which
 * browsers, unlike timers, do not delay.
 * @throws the signal's reason where it is aborted
 */
export const nextTurn = async (signal?: AbortSignal | undefined): Promise<void> => {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel() as unknown as Channel;
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
  lastTurn = performance.now();
  signal?.throwIfAborted();
};

/** As the web has it, and Node too, whatever its types say. */
interface Channel {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: undefined): void };
}
