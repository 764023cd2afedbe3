import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';

/** Configurations of a data set, their splits, and the Parquet files of each. */
export type HubTables = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * A stand-in of the hub for a test, which the environment then names: these data sets, nothing else, and no
 * entry to those that are called secret. Resolves to the list of the paths that it is asked for.
 */
export const hubServer = async (sets: Readonly<Record<string, HubTables>>): Promise<string[]> => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const url = request.url!;
    asked.push(url);
    const tables = sets[/^\/api\/datasets\/(.+)\/parquet$/.exec(url)?.[1] ?? ''];
    const addressOf = (file: string) => `http://${request.headers.host}/files${file}`;
    if (tables !== undefined) {
      const addresses = Object.entries(tables).map(([config, splits]) => [
        config,
        Object.fromEntries(Object.entries(splits).map(([split, files]) => [split, files.map(addressOf)])),
      ]);
      response.end(JSON.stringify(Object.fromEntries(addresses)));
    } else if (url.startsWith('/files/')) response.end(await readFile(url.slice('/files'.length)));
    else response.writeHead(url.includes('secret') ? 401 : 404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('HF_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.close();
  });
  return asked;
};
