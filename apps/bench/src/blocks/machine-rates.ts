import { matrix } from '../workloads/matrix.js';
import type { MachineRates } from './block-floor.js';

const TRIES = 5;
/** Far more than any cache. */
const COPIED = 256 * 2 ** 20;

/** What the machine can do, the best of some tries: another process makes one slower, none faster. */
export const machineRates = async (threads: number): Promise<MachineRates> => {
  const product = await matrix({ size: 2048, threads });
  const from = Buffer.alloc(COPIED, 1);
  const to = Buffer.alloc(COPIED, 2);
  let [operations, bytes] = [0, 0];
  for (let i = 0; i < TRIES; i++) {
    const { seconds, units = 0 } = await product.run(i);
    operations = Math.max(operations, units / seconds);
    const start = performance.now();
    from.copy(to);
    // What is copied is read, and written.
    bytes = Math.max(bytes, (2 * COPIED) / ((performance.now() - start) / 1000));
  }
  await product.dispose();
  return { operations, bytes };
};
