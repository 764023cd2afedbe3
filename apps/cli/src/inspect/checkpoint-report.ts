import { basename, dirname } from 'node:path';
import type { Vocabulary } from '@entrgi/core';
import { type CheckpointFacts, type InspectOptions, inspectCheckpoint } from '@entrgi/models';
import type { GraphReport } from './model-report.js';

/** What `inspect` says about a checkpoint. */
export interface CheckpointSummary extends Omit<CheckpointFacts, 'vocabulary' | 'model'> {
  readonly kind: 'checkpoint';
  readonly path: string;
  /** Special tokens by id. */
  readonly specialTokens: Readonly<Record<number, string>>;
  /** Special tokens by what they are for. */
  readonly roles: {
    readonly mask?: string;
    readonly pad?: string;
    readonly unknown?: string;
    readonly end: readonly string[];
  };
  /** Of an ONNX model. */
  readonly graph?: GraphReport;
}

export interface CheckpointReport {
  readonly report: CheckpointSummary;
  readonly vocabulary: Vocabulary;
}

/** Reads and checks a checkpoint; its weights are not loaded. `path` is what the user called it. */
export const checkpointReport = async (path: string, options: InspectOptions): Promise<CheckpointReport> => {
  const { vocabulary, model, ...facts } = await inspectCheckpoint(path, options);
  const { maskId, padId, unknownId, endIds, specialIds } = vocabulary;
  const token = (id: number): string => vocabulary.tokens[id] ?? `#${id}`;
  const role = <K extends string>(name: K, id: number | undefined) =>
    (id === undefined ? {} : { [name]: token(id) }) as { readonly [key in K]?: string };
  return {
    report: {
      kind: 'checkpoint',
      path,
      ...facts,
      specialTokens: Object.fromEntries(specialIds.map((id) => [id, token(id)])),
      roles: {
        ...role('mask', maskId),
        ...role('pad', padId),
        ...role('unknown', unknownId),
        end: endIds.map(token),
      },
      ...(model === undefined ? {} : { graph: await graphOf(model, facts.files) }),
    },
    vocabulary,
  };
};

/** The first of the files is the model's own: exporters name its data after it. */
const graphOf = async (
  model: NonNullable<CheckpointFacts['model']>,
  [file]: readonly string[],
): Promise<GraphReport> => {
  const { graphReport } = await import('./model-report.js');
  return graphReport(model, dirname(file!), basename(file!));
};
