import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** How one request for a file goes wrong. */
export interface Fault {
  /** The connection breaks after so many bytes of the body. */
  readonly cutAfter?: number;
  /** The answer never ends. */
  readonly stalls?: boolean;
}

export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly host: string | undefined;
}

export interface ModelServer {
  readonly origin: string;
  /** What was asked for, of the hub or of the storage that it sends on to. */
  readonly asked: Asked[];
  /** Tokens that repositories need. */
  readonly tokens: Map<string, string>;
  /** Asked at every request. */
  fault: (path: string, range: string | undefined) => Fault | undefined;
  close(): Promise<void>;
}

/** What the hub calls the state of each of its repositories. */
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** Folders of models by their names, `owner/name`: as a static server of another origin has them, below their names, and as the hub does, which sends on to another origin for the files of private ones. */
export const modelServer = async (folders: Readonly<Record<string, string>>): Promise<ModelServer> => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path } = new URL(request.url!, 'http://localhost');
    const { range, authorization, host } = request.headers;
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization, range',
      'access-control-expose-headers': 'content-range, x-error-code',
    };
    if (request.method === 'OPTIONS') return response.writeHead(204, headers).end();
    self.asked.push({ path, range, authorization, host });
    const [, repository = ''] = /^\/(?:api\/models\/)?([^/]+\/[^/]+)\//.exec(path) ?? [];
    const token = self.tokens.get(repository);
    if (token !== undefined && `http://${host}` === self.origin) {
      if (authorization !== `Bearer ${token}`) return response.writeHead(401, headers).end();
      if (path.includes('/resolve/')) {
        return response.writeHead(302, { ...headers, location: `${originOf(storage)}${path}` }).end();
      }
    }
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/main$/.exec(path);
    if (api !== null) {
      const folder = folders[api[1]!];
      if (folder === undefined) return response.writeHead(404, headers).end();
      const siblings = readdirSync(folder).map((rfilename) => ({ rfilename }));
      return response.writeHead(200, headers).end(JSON.stringify({ sha: COMMIT, siblings }));
    }
    const [, name, file] = /^\/([^/]+\/[^/]+)\/(?:resolve\/[0-9a-f]{40}\/)?([^/]+)$/.exec(path) ?? [];
    const folder = folders[name ?? ''];
    if (folder === undefined || !readdirSync(folder).includes(file!)) {
      return response.writeHead(404, headers).end();
    }
    const bytes = readFileSync(join(folder, file!));
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const end = to === '' ? bytes.length : Math.min(Number(to) + 1, bytes.length);
    const part = bytes.subarray(Number(from), end);
    response.writeHead(range === undefined ? 200 : 206, {
      ...headers,
      'content-length': part.length,
      ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${end - 1}/${bytes.length}` }),
    });
    const fault = self.fault(path, range);
    if (fault === undefined) return response.end(part);
    response.write(part.subarray(0, fault.cutAfter ?? 1000), () => {
      if (fault.stalls !== true) response.destroy();
    });
    return response;
  };
  const [http, storage] = [createServer(answer), createServer(answer)];
  const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const server of [http, storage]) {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  }
  const self: ModelServer = {
    origin: originOf(http),
    asked: [],
    tokens: new Map(),
    fault: () => undefined,
    async close() {
      for (const server of [http, storage]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
  return self;
};
