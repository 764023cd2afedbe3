import { dirname, join } from 'node:path';
import { type GradientKind, gradientKind } from '@entrgi/autodiff/internal';
import { canonicalize, type Model, type Node, type ValueType } from '@entrgi/onnx';
import { elementCount } from '@entrgi/onnx/internal';
import { readModel } from '../models/read-model.js';

/** What the graph of an ONNX model is. */
export interface GraphReport {
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: number;
  readonly nodes: number;
  /** Most frequent first. */
  readonly operators: readonly {
    readonly name: string;
    readonly count: number;
    readonly gradient: GradientKind;
  }[];
  readonly externalData: readonly {
    readonly file: string;
    readonly tensors: number;
    readonly bytes: number;
  }[];
}

/** What an ONNX file is. */
export interface ModelReport extends GraphReport {
  readonly kind: 'model';
  readonly path: string;
}

/** Reads and checks an ONNX file; weights in external files are not read. */
export const modelReport = async (path: string): Promise<ModelReport> => {
  const model = await readModel(path, { lookOnly: true });
  return { kind: 'model', path, ...graphReport(model, dirname(path)) };
};

/** What the graph of a model is. `folder` is what its external data is relative to, `own` the name of its own file, whose tensors are not external. */
export const graphReport = (model: Model, folder: string, own?: string): GraphReport => {
  const { nodes, inputs, outputs, initializers } = model.graph;
  const sizes = [...initializers.values()].map(({ dims }) => elementCount(dims));
  return {
    opsets: Object.fromEntries([...model.opsets].map(([domain, version]) => [domain || 'ai.onnx', version])),
    producer: model.producer,
    inputs: signature(inputs),
    outputs: signature(outputs),
    parameters: sizes.reduce((sum, size) => sum + size, 0),
    nodes: nodes.length,
    operators: operators(model),
    externalData: externalData(model, folder, own),
  };
};

const signature = (values: ReadonlyMap<string, ValueType>): Record<string, string> =>
  Object.fromEntries([...values].map(([name, type]) => [name, describeType(type)]));

const describeType = ({ type, dims }: ValueType): string =>
  dims === undefined ? type : `${type}[${dims.map((dim) => dim ?? '?').join(', ')}]`;

const operators = (model: Model): GraphReport['operators'] => {
  const counts = new Map<string, number>();
  for (const node of model.graph.nodes) counts.set(nameOf(node), (counts.get(nameOf(node)) ?? 0) + 1);
  const left = canonicalOperators(model);
  const kindOf = (name: string): GradientKind => {
    if (name === 'Constant') return 'ends';
    const kind = gradientKind(name);
    // What canonicalizing has expanded into other operators is as differentiable as they are.
    return kind === 'unknown' && left !== undefined && !left.has(name) ? 'flows' : kind;
  };
  return [...counts]
    .map(([name, count]) => ({ name, count, gradient: kindOf(name) }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
};

const nameOf = ({ opType, domain }: Node): string => (domain === '' ? opType : `${domain}.${opType}`);

/** Operators of the canonical form; undefined where the model has none. */
const canonicalOperators = (model: Model): Set<string> | undefined => {
  try {
    return new Set(canonicalize(model).graph.nodes.map(nameOf));
  } catch {
    return undefined;
  }
};

const externalData = (model: Model, folder: string, own?: string): GraphReport['externalData'] => {
  const files = new Map<string, { tensors: number; bytes: number }>();
  for (const { external } of model.graph.initializers.values()) {
    if (external === undefined || external.location === own) continue;
    const entry = files.get(external.location) ?? { tensors: 0, bytes: 0 };
    files.set(external.location, { tensors: entry.tensors + 1, bytes: entry.bytes + external.length });
  }
  return [...files].map(([location, entry]) => ({ file: join(folder, location), ...entry }));
};
