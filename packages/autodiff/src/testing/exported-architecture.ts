import { readFileSync } from 'node:fs';
import { EntrgiError, type Tensor } from '@entrgi/core';
import { canonicalize, decodeModel, type Model, type Value } from '@entrgi/onnx';
import { differentiate } from '../differentiate.js';
import { numbersOf, relativeDifference, tensorOf } from './numbers.js';
import { runOnce } from './run-model.js';

interface Stored {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/** What export-architectures.py says of one export. */
export interface ExportedArchitecture {
  readonly architecture: string;
  readonly exporter: 'ts' | 'dynamo';
  readonly opset: number;
  /** Why torch could not export it; the rest is absent then. */
  readonly failed?: string;
  /** Which axes are free. */
  readonly free: string;
  /** Levels at which onnxruntime could not optimize it, and why. */
  readonly notOptimized: Readonly<Record<string, string>>;
  /** Why onnxruntime does not give PyTorch's logits from the file as exported; '' where it does. */
  readonly trouble: string;
  /** Shape of the word-embedding table. */
  readonly table: readonly number[];
  readonly inputs: Readonly<Record<string, Stored>>;
  readonly embeds: Stored;
  readonly logits: Stored;
  readonly gradient: Stored;
}

/**
 * How a model came out: `right` with its largest relative differences, `refused` with a typed error (or where
 * onnxruntime refuses the file as it is), `wrong` otherwise.
 */
export interface Verdict {
  readonly kind: 'right' | 'refused' | 'wrong';
  readonly what: string;
}

/** Differentiates a model of an export by its word embeddings, runs it and compares with PyTorch. */
export async function verdictOf(path: string, expected: ExportedArchitecture): Promise<Verdict> {
  try {
    const model = decodeModel(readFileSync(path));
    const wrt = wordEmbeddings(model, expected.table);
    const result = differentiate(model, { of: 'logits', index: 0, wrt });
    const feeds: Record<string, Tensor> = {
      [wrt]: tensorOf('float32', expected.embeds.dims, expected.embeds.data),
    };
    for (const input of result.graph.inputs.keys()) {
      if (input !== wrt) feeds[input] = int64(expected.inputs[input]!);
    }
    const outputs = await runOnce(result, feeds);
    const logits = relativeDifference(numbersOf(outputs.logits!), expected.logits.data);
    const gradient = relativeDifference(numbersOf(outputs[`gradient/${wrt}`]!), expected.gradient.data);
    const what = `logits ${logits.toExponential(1)}, gradient ${gradient.toExponential(1)}`;
    return { kind: logits < 1e-4 && gradient < 1e-4 ? 'right' : 'wrong', what };
  } catch (error) {
    const refused = EntrgiError.isInstance(error) || expected.trouble !== '';
    const own = expected.trouble === '' ? '' : ` (as exported: ${expected.trouble})`;
    return {
      kind: refused ? 'refused' : 'wrong',
      what: `${error instanceof Error ? error.message : error}${own}`,
    };
  }
}

/** The value that `input_ids` find in the table of the words, as the canonical graph names it. */
function wordEmbeddings(model: Model, table: readonly number[]): Value {
  const { nodes, initializers } = canonicalize(model).graph;
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node])));
  const isIds = (value: Value): boolean =>
    value === 'input_ids' ||
    (['Cast', 'Reshape', 'Transpose'].includes(producers.get(value)?.opType ?? '') &&
      isIds(producers.get(value)!.inputs[0]!));
  const found = nodes.filter(
    ({ opType, inputs }) =>
      opType === 'Gather' && initializers.get(inputs[0]!)?.dims.join() === table.join() && isIds(inputs[1]!),
  );
  if (found.length !== 1) throw new Error(`Expected one lookup of words, found ${found.length}.`);
  return found[0]!.outputs[0]!;
}

const int64 = ({ dims, data }: Stored): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(data, BigInt),
});
