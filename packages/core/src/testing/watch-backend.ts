import type { Backend, Session } from '../contracts/runtime/backend.js';
import type { Feeds, Tensor } from '../contracts/runtime/tensor.js';

/** One run of a session: the tensors that went in, and those that came out. What was kept is in neither. */
export interface WatchedRun {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** A backend that adds every run of another's sessions to `runs`: what crosses to a device and back. */
export const watchBackend = (backend: Backend, runs: WatchedRun[]): Backend => ({
  ...backend,
  async createSession(model, options) {
    const session = await backend.createSession(model, options);
    const crossing = (feeds: Feeds): Record<string, Tensor> =>
      Object.fromEntries(
        Object.entries(feeds).filter((entry): entry is [string, Tensor] => 'data' in entry[1]),
      );
    const runKeeping: NonNullable<Session['runKeeping']> = async (feeds, given) => {
      const run = await session.runKeeping!(feeds, given);
      runs.push({ inputs: crossing(feeds), outputs: run.outputs });
      return run;
    };
    return {
      ...session,
      runKeeping,
      async run(feeds, given) {
        const outputs = await session.run(feeds, given);
        runs.push({ inputs: crossing(feeds), outputs });
        return outputs;
      },
    };
  },
});
