import { copyFeeds } from './copy-feeds.js';
import type { RemoteCalls } from './remote-calls.js';
import type { Runtime } from './runtime.js';

/** What a runtime does with sessions, asked of a thread that has one. What is sent is a copy, which moves. */
export const remoteSessions = (calls: RemoteCalls): Pick<Runtime, 'create' | 'run' | 'drop' | 'release'> => ({
  create(bytes, settings) {
    const copy = new Uint8Array(bytes);
    return calls.ask('create', [copy, settings], [copy.buffer]);
  },
  async run(id, feeds, fetches) {
    const { copies, moved } = await copyFeeds(feeds);
    return calls.ask('run', [id, copies, fetches], moved);
  },
  // A thread that died has released everything.
  async drop(kept) {
    if (!calls.ended) await calls.ask('drop', [kept]);
  },
  async release(id) {
    if (!calls.ended) await calls.ask('release', [id]);
  },
});
