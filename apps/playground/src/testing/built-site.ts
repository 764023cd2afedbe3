import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

/** The built site, in a folder of its own. */
export const builtSite = async () => {
  const out = mkdtempSync(join(tmpdir(), 'entrgi-playground-'));
  await build({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    build: { outDir: out, emptyOutDir: true },
    logLevel: 'error',
  });
  return { out, remove: () => rmSync(out, { recursive: true }) };
};

declare module 'vitest' {
  interface ProvidedContext {
    /** An address that answers with the folder of the site. */
    readonly siteBuilder: string;
  }
}

/** One build for all test files, which are in other processes: when the first of them asks for it. */
export const setup = async (project: TestProject) => {
  let built: ReturnType<typeof builtSite> | undefined;
  const server = createServer(async (_, response) => {
    built ??= builtSite();
    await built.then(
      ({ out }) => response.end(out),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  project.provide('siteBuilder', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    (await built?.catch(() => undefined))?.remove();
  };
};
