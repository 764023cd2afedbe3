import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { disableTelemetry } from './disable-telemetry.js';

const folder = mkdtempSync(join(tmpdir(), 'entrgi-telemetry-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('disableTelemetry', () => {
  it.each([
    [{}, '1'],
    [{ ORT_DISABLE_TELEMETRY: '' }, '1'],
    [{ ORT_DISABLE_TELEMETRY: '0' }, '0'],
    [{ ORT_DISABLE_TELEMETRY: 'yes' }, 'yes'],
  ])('%o becomes %s', (environment: NodeJS.ProcessEnv, value) => {
    disableTelemetry(environment, true);
    expect(environment).toEqual({ ORT_DISABLE_TELEMETRY: value });
  });

  it('refuses in a thread, which cannot set it', () => {
    expect(() => disableTelemetry({}, false)).toThrow('expected ORT_DISABLE_TELEMETRY to be set');
    expect(() => disableTelemetry({ ORT_DISABLE_TELEMETRY: '1' }, false)).not.toThrow();
  });
});

const run = promisify(execFile);
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const fixture = file('../fixtures/identity-float32.onnx');

/** Where the library would write. */
const places = { HOME: folder, TMPDIR: folder, XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder };

/** Says which sockets, and which files in those places, a process opens from its first line on, over a second of runs. */
const observe = `
  const { readdirSync, readFileSync, readlinkSync } = await import('node:fs');
  const open = () => readdirSync('/proc/self/fd').flatMap((fd) => {
    try { return [readlinkSync('/proc/self/fd/' + fd)] } catch { return [] }
  }).filter((target) => target.startsWith('socket:') || target.startsWith(process.env.HOME));
  const before = new Set(open());
  const seen = new Set();
  const timer = setInterval(() => open().forEach((target) => before.has(target) || seen.add(target)), 5);
  const { runtime } = await import(process.argv[1]);
  const { id } = await runtime.create(new Uint8Array(readFileSync(process.argv[2])), {});
  for (let i = 0; i < 20; i += 1) {
    const x = { type: 'float32', dims: [1, 2], data: Float32Array.of(1, 2) };
    await runtime.run(id, { x }, ['y']);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  clearInterval(timer);
  await runtime.close();
  console.log(JSON.stringify([...seen]));`;

const entry = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

describe.skipIf(process.platform !== 'linux')('a process that runs a model', () => {
  it('opens no file and no socket that its work does not need', async () => {
    const { ORT_DISABLE_TELEMETRY: _, ...environment } = process.env;
    const source = `import { loadNativeRuntime } from ${JSON.stringify(new URL('./native-runtime.js', import.meta.url))};
      export const runtime = await loadNativeRuntime();`;
    const { stdout } = await run(
      process.execPath,
      ['--input-type=module', '-e', observe, entry(source), fixture],
      { env: { ...environment, ...places } },
    );
    // Without the variable: onnxruntime.db and mat-debug-PID.log, at once.
    expect(JSON.parse(stdout)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});
