import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { WorkloadSpec } from '../cases/workload-spec.js';
import type { Workload } from '../work/workload.js';
import * as workloads from '../workloads/index.js';

/** What a side is asked: one JSON object a line. The answer has the same id, and a `result` or an `error`. */
export type Request = { readonly id: number } & (
  | { readonly command: 'load'; readonly spec: WorkloadSpec }
  | { readonly command: 'run'; readonly round: number }
  | { readonly command: 'outputs' }
);

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Runs one workload for whoever asks, until the input ends. `reference.py` speaks the same protocol. */
export const serveSide = async (input: Readable, output: Writable): Promise<void> => {
  let workload: Workload | undefined;
  const answer = async (request: Request): Promise<unknown> => {
    if (request.command === 'load') {
      workload = await load(request.spec);
      collectGarbage();
      return null;
    }
    if (workload === undefined) throw new Error('nothing is loaded');
    if (request.command === 'outputs') return (await workload.outputs?.()) ?? null;
    const { seconds, units, texts, rewards } = await workload.run(request.round);
    if (request.round === 0) collectGarbage();
    return { seconds, units, texts, rewards };
  };
  for await (const line of createInterface({ input })) {
    const request: Request = JSON.parse(line);
    const reply: Answer = await answer(request).then(
      (result) => ({ id: request.id, result }),
      (error: Error) => ({ id: request.id, error: error.message }),
    );
    output.write(`${JSON.stringify(reply)}\n`);
  }
  await workload?.dispose();
};

/** What loading and warming up leave behind is not held by the model, and would lie about for as long as nothing else is allocated. */
const collectGarbage = (): void => globalThis.gc?.();

/** The kind says which parameters the rest is. */
const loaders = workloads as unknown as Readonly<Record<string, (spec: WorkloadSpec) => Promise<Workload>>>;

const load = (spec: WorkloadSpec): Promise<Workload> => {
  const loader = loaders[spec.kind];
  if (loader === undefined) throw new Error(`no workload is called ${spec.kind}`);
  return loader(spec);
};
