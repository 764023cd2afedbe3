import type { Executor } from './executor.js';
import { localExecutor } from './local-executor.js';
import type { FromWorker, ToWorker } from './worker-message.js';

/**
 * What a worker process of an evaluation does: it makes one result after the other, and writes nothing
 * itself.
 */
export const serveCells = (): void => {
  let executor: Executor | undefined;
  const say = (message: FromWorker): void => {
    process.send?.(message);
  };
  process.on('message', async (message: ToWorker) => {
    if (message.type === 'work') {
      executor = localExecutor(message.work, { threads: message.threads });
      return;
    }
    try {
      say({ type: 'line', line: await executor!.run(message.cell) });
    } catch (error) {
      const { name, message: text, code } = error as Error & { code?: string };
      say({ type: 'failure', failure: { name, message: text, code } });
    }
  });
  // Whoever asked is gone, and nothing here is worth keeping.
  const end = () => process.kill(process.pid, 'SIGKILL');
  process.on('disconnect', end);
  // It may have gone while this process was starting.
  if (!process.connected) end();
  // Ctrl-C goes to all processes of a terminal; when to end is for the one that asked.
  process.on('SIGINT', () => {});
};
