import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { softwareGpu } from '@entrgi/config/browser';
import { describe, expect, test } from 'vitest';
import type { OpenedGraph } from './testing/web-gpu-placement.js';
import type { DeviceRun } from './testing/web-gpu-run.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Runs a program of `testing` where WebGPU is a software renderer. */
const onSoftwareGpu = (program: string, timeout: number) => {
  const flags = [
    '--conditions=@entrgi/source',
    '--import',
    here('../../../apps/cli/src/testing/run-source.js'),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'entrgi-web-gpu-'));
  // The runtime's log goes to a file: what does not fit into a pipe at once, the runtime drops.
  const log = openSync(join(folder, 'log'), 'w');
  try {
    const { status, signal, stdout } = spawnSync(process.execPath, [...flags, here(`testing/${program}`)], {
      env: { ...process.env, ...softwareGpu, ORT_DISABLE_TELEMETRY: '1' },
      stdio: ['ignore', 'pipe', log],
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      timeout,
    });
    const stderr = readFileSync(join(folder, 'log'), 'utf8');
    expect({ status, signal }, stderr.slice(-2000)).toEqual({ status: 0, signal: null });
    return { stdout, stderr };
  } finally {
    closeSync(log);
    rmSync(folder, { recursive: true });
  }
};

/** Of each session that was opened, in order, the names and operators of its nodes by where they were put. */
const placements = (log: string): Record<string, [operator: string, name: string][]>[] => {
  const sessions: Record<string, [string, string][]>[] = [];
  let nodes: [string, string][] = [];
  let last = false;
  for (const line of log.split('\n').filter((each) => each.includes('VerifyEachNodeIsAssignedToAnEp'))) {
    const [, all, provider] = /(All nodes|Node\(s\)) placed on \[(\w+)\]/.exec(line) ?? [];
    if (provider !== undefined) {
      // Both kinds of processor are named in a session, in any order, or one alone.
      if (sessions.length === 0 || last || all === 'All nodes' || provider in sessions.at(-1)!)
        sessions.push({});
      nodes = sessions.at(-1)![provider] = [];
      last = all === 'All nodes';
    } else {
      const [, operator, name] = / (\w+) \(([^()]*)\)/.exec(line.slice(line.lastIndexOf(']'))) ?? [];
      if (operator !== undefined) nodes.push([operator, name!]);
    }
  }
  return sessions;
};

describe.skipIf(softwareGpu === undefined)('the embedded models on WebGPU', () => {
  test('compute every number that is no integer there, and copy nothing back in between', {
    timeout: 300_000,
  }, () => {
    const { stdout, stderr } = onSoftwareGpu('web-gpu-placement.ts', 280_000);
    const graphs = JSON.parse(stdout) as OpenedGraph[];
    for (const part of [
      '(prefix)',
      '(leading)',
      '(score)',
      '(gradient, table)',
      '(start,',
      '(start from kept,',
      '(step,',
      '(draw,',
      'denoiser',
    ]) {
      expect(
        graphs.filter(({ name }) => name.includes(part)),
        part,
      ).not.toEqual([]);
    }
    const sessions = placements(stderr);
    expect(sessions).toHaveLength(graphs.length);
    graphs.forEach(({ name, floats, hostNodes }, i) => {
      const { WebGpuExecutionProvider: device = [], CPUExecutionProvider: host = [] } = sessions[i]!;
      // Of sessions that lie there whole, no node is listed.
      expect(Object.keys(sessions[i]!), name).toContain('WebGpuExecutionProvider');
      if (host.length > 0) expect(device.length, name).toBeGreaterThan(100);
      const copies = [...device, ...host].filter(([operator]) => operator === 'MemcpyToHost');
      expect(copies, `${name}: copied to the processor`).toEqual([]);
      const allowed = new Set(hostNodes);
      const strays = host.filter(
        ([operator, node]) => floats.includes(node) && !allowed.has(node) && operator !== 'Cast',
      );
      expect(strays, `${name}: computed by the processor`).toEqual([]);
      // What angles are made of, and no matrix.
      expect(hostNodes.length, name).toBeLessThan(10);
    });
  });

  // A software renderer compiles each graph for a minute or more.
  test.runIf(process.env.ENTRGI_SLOW)(
    'write what they write on the processor',
    { timeout: 3_600_000 },
    () => {
      const [cpu, webgpu] = JSON.parse(onSoftwareGpu('web-gpu-run.ts', 3_500_000).stdout) as [
        DeviceRun,
        DeviceRun,
      ];
      const tokens = cpu.tokenIds.flat();
      expect(tokens.length).toBeGreaterThanOrEqual(20 * 8);
      const others = webgpu.tokenIds.flat();
      const same = tokens.filter((token, i) => token === others[i]);
      expect(same.length / tokens.length).toBeGreaterThanOrEqual(0.99);
      expect(largestDifference(webgpu.rewards.flat(), cpu.rewards.flat())).toBeLessThan(1e-4);
      expect(largestDifference(webgpu.settled, cpu.settled)).toBeLessThan(1e-4);
    },
  );
});

const largestDifference = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));
