import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';

/** Where Debian, Homebrew and the installers put Chromium; CHROMIUM says another place. */
const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Path of the browser that tests run in; undefined where there is none. */
export const chromium = places.find((place) => place !== undefined && place !== '' && existsSync(place));

/** Why tests in a browser are skipped here. */
export const noChromium = 'no Chromium: install it, or say where it is in the variable CHROMIUM';

/** The same of Firefox, and of its variable FIREFOX. */
export const firefox = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'].find(
  (place) => place !== undefined && place !== '' && existsSync(place),
);

/** Debian's package is a script that starts what lies here. */
const rendererPlaces = ['/usr/lib/chromium', ...(chromium === undefined ? [] : [dirname(chromium)])];
const renderer = rendererPlaces.find((place) => existsSync(join(place, 'vk_swiftshader_icd.json')));

/** Variables of the environment by which a process of Node's finds the software renderer that Chromium brings, for WebGPU; undefined where there is none. */
export const softwareGpu =
  renderer === undefined
    ? undefined
    : { VK_ICD_FILENAMES: join(renderer, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: renderer };

/** WebGPU by a software renderer, which Chromium brings: slow, and the same kernels. */
const emulatedWebGpu = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
];

const settings = (webgpu, args = []) => ({
  executablePath: chromium,
  args: ['--no-sandbox', ...(webgpu ? emulatedWebGpu : []), ...args],
});

/**
 * A browser whose pages are private windows. Dispose it with `close()`.
 * @param {{ webgpu?: boolean, args?: string[] }} [options]
 */
export const openBrowser = async ({ webgpu = false, args = [] } = {}) => {
  const playwright = await import('playwright-core');
  return playwright.chromium.launch(settings(webgpu, args));
};

/**
 * A browser with an owner: what pages store lies in the folder `profile`. Dispose it with `close()`.
 * @param {string} profile
 */
export const openProfile = async (profile) => {
  const playwright = await import('playwright-core');
  return playwright.chromium.launchPersistentContext(profile, settings(false));
};

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Serves folders on a free port of this machine, by the beginnings of their paths, with ranges.
 * @param {Record<string, string>} folders as in { '/': 'dist', '/models/': 'models' }
 * @param {{ isolated?: boolean, cut?: (path: string) => boolean }} [options] with the headers of a cross-origin
 *   isolated page; which answers break off half-way
 */
export const serveFolders = async (folders, { isolated = true, cut = () => false } = {}) => {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  /** Paths that were asked for, with their ranges. */
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    requests.push({ path, range: request.headers.range });
    const prefix = prefixes.find((beginning) => path.startsWith(beginning));
    const inside = normalize(`/${path.slice(prefix?.length ?? 0)}`);
    const file = join(folders[prefix] ?? '', inside.endsWith('/') ? `${inside}index.html` : inside);
    const bytes = await readFile(file).catch(() => undefined);
    const headers = {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'accept-ranges': 'bytes',
      // As hosts of static sites do: scripts of others' pages may be here.
      'access-control-allow-origin': '*',
      ...(isolated
        ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
        : {}),
    };
    if (bytes === undefined) return response.writeHead(404, headers).end();
    const send = (body) =>
      cut(path)
        ? response.write(body.subarray(0, body.length >> 1), () => response.destroy())
        : response.end(body);
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    if (from === undefined) {
      response.writeHead(200, { ...headers, 'content-length': bytes.length });
      return send(bytes);
    }
    const end = to === '' ? bytes.length : Math.min(Number(to) + 1, bytes.length);
    const part = bytes.subarray(Number(from), end);
    const range = `bytes ${from}-${end - 1}/${bytes.length}`;
    response.writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length });
    return send(part);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};
