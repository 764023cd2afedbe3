import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

/** Whether there is one on this machine. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export interface RedisServer {
  readonly url: string;
  /** Kills it, which loses all that it has, and starts it again. */
  restart(): Promise<void>;
}

/** A real Redis, on a port of its own and without a disk, until the test ends. */
export const redisServer = async (): Promise<RedisServer> => {
  const port = await freePort();
  const folder = await temporaryFolder();
  let child: ChildProcess;
  const start = async () => {
    child = spawn('redis-server', [
      '--port',
      String(port),
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ]);
    let said = '';
    for await (const data of child.stdout!) {
      said += data;
      if (said.includes('Ready to accept connections')) break;
    }
  };
  const stop = async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  await start();
  onTestFinished(stop);
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart() {
      await stop();
      await start();
    },
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
};
