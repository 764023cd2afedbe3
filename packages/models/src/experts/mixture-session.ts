import { disposable, type Feeds, type RunOptions, type Session, type Tensor } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { divideGraph, type GraphPart } from './divide-graph.js';
import type { ExpertPool } from './expert-pool.js';
import { mixExperts } from './mix-experts.js';

interface OpenPart extends Pick<GraphPart, 'experts'> {
  readonly session: Session;
}

/**
 * A session of a graph with experts: its parts one after the other, and between them the experts that its
 * tokens choose.
 */
export const mixtureSession = async (
  model: Model,
  pool: ExpertPool,
  open: (model: Model) => Promise<Session>,
): Promise<Session> => {
  const parts: OpenPart[] = [];
  const dispose = async () => {
    for (const { session } of parts.splice(0)) await session.dispose();
  };
  try {
    for (const { model: part, experts } of divideGraph(model))
      parts.push({ session: await open(part), experts });
  } catch (error) {
    await dispose();
    throw error;
  }
  const outputNames = [...model.graph.outputs.keys()];

  const run: Session['run'] = async (feeds, { fetches = outputNames, signal }: RunOptions = {}) => {
    const last = parts.findLastIndex(({ session }) =>
      session.outputNames.some((name) => fetches.includes(name)),
    );
    const needed = parts.slice(0, last + 1);
    const wanted = new Set([
      ...fetches,
      ...needed.flatMap(({ session }) => session.inputNames),
      ...needed.slice(0, -1).flatMap(({ experts }) => experts.flatMap(({ x, shares }) => [x, shares])),
    ]);
    const values = new Map<string, Feeds[string]>(Object.entries(feeds));
    for (const [at, { session, experts }] of needed.entries()) {
      const own = Object.fromEntries(session.inputNames.map((name) => [name, values.get(name)!]));
      const names = session.outputNames.filter((name) => wanted.has(name));
      const outputs = await session.run(own, { fetches: names, signal });
      for (const [name, value] of Object.entries(outputs)) values.set(name, value);
      if (at === last) break;
      for (const { layer, output, x, shares } of experts) {
        const [rows, chosen] = [x, shares].map((name) => values.get(name) as Tensor<'float32'>);
        values.set(output, await mixExperts(pool, layer, { x: rows!, shares: chosen! }, { signal }));
      }
    }
    return Object.fromEntries(fetches.map((name) => [name, values.get(name) as Tensor]));
  };
  return { inputNames: [...model.graph.inputs.keys()], outputNames, run, ...disposable(dispose) };
};
