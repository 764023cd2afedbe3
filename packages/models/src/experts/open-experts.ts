import type { Session } from '@entrgi/core';
import type { Model } from '@entrgi/onnx';
import { GraphBuilder } from '@entrgi/onnx/graphs';
import type { Expert } from '../contracts/network.js';
import type { Weights } from '../contracts/weights.js';
import { type ExpertPool, expertPool } from './expert-pool.js';

export interface OpenExpertsOptions {
  readonly experts: readonly Expert[];
  readonly width: number;
  readonly weights: Weights;
  /** Bytes that an expert takes, and that all which are held may take. */
  readonly memory: { readonly each: number; readonly limit: number };
  /** Makes a session of one thread: an expert has too little to do for more, and there are many. */
  open(model: Model): Promise<Session>;
}

/** The experts of a network, each with a session of its own once a token has chosen it. */
export const openExperts = ({ experts, width, weights, memory, open }: OpenExpertsOptions): ExpertPool => {
  const byName = new Map(experts.map((expert) => [expert.name, expert]));
  return expertPool({
    open: (name) => open(expertGraph(byName.get(name)!, width, weights)),
    bytes: memory.each,
    limit: memory.limit,
  });
};

/** Input `x` and output `y`, float32 [tokens, width]. */
const expertGraph = (expert: Expert, width: number, weights: Weights): Model => {
  const g = new GraphBuilder();
  g.output(expert.append(g, weights, g.input('x', 'float32', ['tokens', width])), 'y');
  return g.model();
};
