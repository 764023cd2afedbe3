import { nodeBackend } from '@entrgi/backend-node';
import type { Backend, Tensor } from '@entrgi/core';
import { GraphBuilder } from '@entrgi/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relativeError } from '../../fixtures/fixture.js';
import { openNetwork } from '../../fixtures/open-network.js';
import { numbers, writeVariant } from '../../fixtures/variants.js';
import { experts } from '../blocks/layers/experts.js';
import { readCheckpoint } from '../checkpoint/checkpoint.js';
import type { DenoiserNetwork } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';
import { checkedWeights } from '../weights/checked-weights.js';
import { divideGraph } from './divide-graph.js';

const [width, inner, count, tokens] = [8, 6, 5, 7];

/** Two mixtures, one behind the other, of which the router's logits are the shares where they are positive. */
const mixtures = ['a', 'b'].map((name) =>
  experts({
    name,
    width,
    experts: count,
    expertWidth: inner,
    activation: (g, x) => g.Relu(x),
    biased: false,
    shares: (g, logits) => g.Relu(logits),
  }),
);
const parameters = new Map(mixtures.flatMap((mixture) => mixture.parameters));
const network = {
  width,
  experts: mixtures.flatMap((mixture) => mixture.experts!),
} as unknown as DenoiserNetwork;

const graph = (weights: Weights) => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', ['tokens', width]);
  const unused = g.input('other', 'float32', ['tokens', width]);
  const first = g.Add(x, mixtures[0]!.append(g, weights, x));
  g.output(first, 'first');
  // Needed by the last part alone, where it belongs.
  const scaled = g.Mul(unused, g.scalar(2, 'float32'));
  g.output(g.Add(scaled, mixtures[1]!.append(g, weights, first)), 'second');
  return g.model();
};

const x: Tensor<'float32'> = {
  type: 'float32',
  dims: [tokens, width],
  data: Float32Array.from(numbers('x', tokens * width), (v) => 4 * v),
};

/** W x of a matrix as writeVariant writes it. */
const product = (name: string, rows: number, row: readonly number[]): number[] => {
  const matrix = numbers(name, rows * row.length);
  const scale = 4 / Math.sqrt(row.length);
  return Array.from({ length: rows }, (_, i) =>
    row.reduce((sum, value, j) => sum + value * Math.fround(scale * matrix[i * row.length + j]!), 0),
  );
};

/** One mixture, token by token and expert by expert. */
const mixed = (name: string, row: readonly number[], chosen: Set<string>): number[] => {
  const sum = row.map(() => 0);
  product(`${name}.gate.weight`, count, row).forEach((share, expert) => {
    if (share <= 0) return;
    const own = `${name}.experts.${expert}`;
    chosen.add(own);
    const gate = product(`${own}.gate_proj.weight`, inner, row);
    const up = product(`${own}.up_proj.weight`, inner, row);
    const hidden = gate.map((value, i) => Math.max(value, 0) * up[i]!);
    for (const [i, value] of product(`${own}.down_proj.weight`, width, hidden).entries()) {
      sum[i]! += share * value;
    }
  });
  return sum;
};

const rowsOf = (data: Float32Array) =>
  Array.from({ length: tokens }, (_, i) => [...data.subarray(i * width, (i + 1) * width)]);

describe('a graph with experts', () => {
  const backend = nodeBackend({ threads: 1 });
  let held = 0;
  let most = 0;
  const opened: string[] = [];
  const counting: Backend = {
    ...backend,
    async createSession(model, options) {
      const session = await backend.createSession(model, options);
      if (!session.outputNames.includes('y')) return session;
      opened.push('expert');
      most = Math.max(most, ++held);
      const dispose = () => {
        held--;
        return session.dispose();
      };
      return { ...session, dispose };
    },
  };
  let weights: Weights;
  let folder: string;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const variant = { base: '', name: '', config: {}, weights: {}, lengths: [], expected: [] };
    [folder, remove] = await writeVariant(variant, parameters, 'model');
    weights = checkedWeights(await readCheckpoint(folder), { parameters });
  });
  afterAll(async () => {
    await backend.dispose();
    await remove();
  });

  it.each([Number.POSITIVE_INFINITY, 2])(
    'gives the sums of its chosen experts, %s being held',
    async (limit) => {
      [held, most] = [0, 0];
      opened.splice(0);
      const session = await openNetwork(counting, { network, weights, folder }, graph(weights), limit);
      const chosen = new Set<string>();
      const first = rowsOf(x.data).map((row) => mixed('a', row, chosen).map((value, i) => value + row[i]!));
      const second = first.map((row) => mixed('b', row, chosen).map((value, i) => value + 2 * row[i]!));
      const other: Tensor<'float32'> = { ...x, data: Float32Array.from(first.flat()) };
      const outputs = await session.run({ x, other });
      expect(relativeError(outputs.first!.data as Float32Array, first.flat())).toBeLessThan(1e-5);
      expect(relativeError(outputs.second!.data as Float32Array, second.flat())).toBeLessThan(1e-5);
      expect(most).toBe(Math.min(chosen.size, limit));
      expect(chosen.size).toBeGreaterThan(2);
      // Of those that nobody chose, none was read; and where all fit, each once.
      expect(opened).toHaveLength(chosen.size);
      await session.run({ x, other });
      if (limit > chosen.size) expect(opened).toHaveLength(chosen.size);
      await session.dispose();
    },
  );

  it('computes no more than is fetched', async () => {
    opened.splice(0);
    const session = await openNetwork(counting, { network, weights, folder }, graph(weights));
    const chosen = new Set<string>();
    for (const row of rowsOf(x.data)) mixed('a', row, chosen);
    const outputs = await session.run({ x, other: x }, { fetches: ['first'] });
    expect(Object.keys(outputs)).toEqual(['first']);
    expect(opened).toHaveLength(chosen.size);
    await session.dispose();
  });

  it('is divided where they are, each node standing where it is needed', () => {
    const parts = divideGraph(graph(weights));
    expect(parts.map(({ experts }) => experts.map(({ layer }) => layer))).toEqual([
      ['a.experts'],
      ['b.experts'],
      [],
    ]);
    const [, , last] = parts.map(({ model }) => model.graph);
    expect(last!.nodes.map(({ opType }) => opType)).toContain('Mul');
    expect([...last!.inputs.keys()]).toContain('other');
    expect(parts[0]!.model.graph.inputs.has('other')).toBe(false);
  });
});
