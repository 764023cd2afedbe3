import { InvalidModelError, UnsupportedError } from '@entrgi/core';
import { checkModel } from '../gate/check-model.js';
import type { GraphProto, NodeProto, TypeProto, ValueInfoProto } from '../generated/onnx_pb.js';
import type {
  Attribute,
  Dimension,
  Graph,
  Initializer,
  Model,
  Node,
  Value,
  ValueType,
} from '../model/model.js';
import { dataTypeOf } from '../values/data-types.js';
import { decodeAttribute } from './decode-attribute.js';
import { decodeInteger } from './decode-scalar.js';
import { decodeTensor } from './decode-tensor.js';
import { parseModel } from './parse-model.js';

/** ONNX files give the operator set of ai.onnx two names. */
const domainOf = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

/** Domains whose operators a runtime has. */
const ownDomains: ReadonlySet<string> = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']);

/** Which models are taken when bytes are decoded. */
export interface DecodeOptions {
  /**
   * Take models with control flow and local functions too, for what can be told without reading those. Such a
   * model can neither be canonicalized nor written.
   * @default false
   */
  readonly lookOnly?: boolean;
}

/**
 * Reads a serialized ONNX model and checks it (see checkModel). Documentation strings are dropped; external
 * data stays external; an initializer that is also an input is no input (its value cannot be overridden). The
 * bytes are not kept.
 * @throws InvalidModelError for anything that is not a well-formed model, UnsupportedError for a well-formed
 *   one of a kind that is not supported
 */
export function decodeModel(bytes: Uint8Array, { lookOnly = false }: DecodeOptions = {}): Model {
  const proto = parseModel(bytes);
  if (proto.functions.length > 0 && !lookOnly) {
    const caller = proto.graph?.node.find(({ domain }) => !ownDomains.has(domain));
    const who = caller === undefined ? '' : `Node '${caller.name}' (${caller.domain}.${caller.opType}): `;
    throw new UnsupportedError(`${who}${who === '' ? 'L' : 'l'}ocal functions are not supported.`, {
      value: caller?.opType,
      hint: 'Inline the functions (onnx.inliner.inline_local_functions).',
    });
  }
  if (proto.trainingInfo.length > 0)
    throw new UnsupportedError('Models with training information are not supported.');
  if (proto.graph === undefined) throw new InvalidModelError('The model has no graph.');
  const opsets = new Map<string, number>();
  for (const { domain, version } of proto.opsetImport) {
    const number = decodeInteger(version, 'Operator set');
    // Tools that join models import one set twice.
    if (opsets.get(domainOf(domain)) !== number) claim(opsets, domainOf(domain), number, 'Operator set');
  }
  const metadata = new Map<string, string>();
  for (const { key, value } of proto.metadataProps) claim(metadata, key, value, 'Metadata');
  const model: Model = {
    // From 4 on, initializers need not be inputs; decodeGraph takes them out of the inputs.
    irVersion: Math.max(4, decodeInteger(proto.irVersion, 'IR version')),
    opsets,
    producer: proto.producerName,
    metadata,
    graph: withBodies(decodeGraph(proto.graph), proto.functions.length > 0),
  };
  checkModel(model, { lookOnly });
  return model;
}

/** The graph with a subgraph, not read, at each node that may call a local function. */
const withBodies = (graph: Graph, hasFunctions: boolean): Graph => {
  if (!hasFunctions) return graph;
  const body: Attribute = { kind: 'subgraph', value: null };
  const nodes = graph.nodes.map((node) =>
    ownDomains.has(node.domain) ? node : { ...node, attributes: { ...node.attributes, body } },
  );
  return { ...graph, nodes };
};

function decodeGraph(proto: GraphProto): Graph {
  if (proto.sparseInitializer.length > 0)
    throw new UnsupportedError('Sparse initializers are not supported.');
  const initializers = new Map<Value, Initializer>();
  for (const tensor of proto.initializer) {
    const what = `Initializer '${tensor.name}'`;
    claim(initializers, tensor.name, decodeTensor(tensor, what), what);
  }
  const inputs = decodeValues(proto.input, 'Input');
  for (const [name, initializer] of initializers) {
    const input = inputs.get(name);
    if (input !== undefined && input.type !== initializer.type) {
      throw new InvalidModelError(
        `Initializer '${name}': expected ${input.type} as declared by the input, got ${initializer.type}.`,
        { value: name },
      );
    }
    inputs.delete(name);
  }
  return {
    name: proto.name,
    nodes: proto.node.map(decodeNode),
    inputs,
    outputs: decodeValues(proto.output, 'Output'),
    initializers,
    valueTypes: decodeValues(
      proto.valueInfo.filter(
        ({ type }) => type?.value.case === 'tensorType' && type.value.value.elemType !== 0,
      ),
      'Value',
    ),
  };
}

function decodeNode(proto: NodeProto): Node {
  const what = `Node '${proto.name}' (${proto.opType})`;
  if (proto.overload !== '') {
    throw new InvalidModelError(`${what}: overloads exist only for functions, got '${proto.overload}'.`);
  }
  const attributes: Record<string, Attribute> = Object.create(null);
  for (const attribute of proto.attribute) {
    if (attribute.name in attributes) {
      throw new InvalidModelError(`${what}: attribute '${attribute.name}' occurs twice.`, {
        value: attribute.name,
      });
    }
    attributes[attribute.name] = decodeAttribute(attribute, `${what}: attribute '${attribute.name}'`);
  }
  return {
    opType: proto.opType,
    domain: domainOf(proto.domain),
    name: proto.name,
    inputs: proto.input,
    outputs: proto.output,
    attributes: Object.fromEntries(Object.entries(attributes)),
  };
}

function decodeValues(protos: readonly ValueInfoProto[], role: string): Map<Value, ValueType> {
  const values = new Map<Value, ValueType>();
  for (const { name, type } of protos) {
    const what = `${role} '${name}'`;
    claim(values, name, decodeType(type, what), what);
  }
  return values;
}

function decodeType(proto: TypeProto | undefined, what: string): ValueType {
  if (proto?.value.case !== 'tensorType') {
    const Kind = proto?.value.case === undefined ? InvalidModelError : UnsupportedError;
    throw new Kind(`${what}: expected a tensor type, got ${proto?.value.case ?? 'none'}.`, {
      hint: 'Sequences, maps, optionals and sparse tensors are not supported.',
    });
  }
  const { elemType, shape } = proto.value.value;
  const type = dataTypeOf(elemType, what);
  return shape === undefined
    ? { type }
    : { type, dims: shape.dim.map(({ value }): Dimension => decodeDimension(value, what)) };
}

function decodeDimension(
  value: { case: 'dimValue'; value: bigint } | { case: 'dimParam'; value: string } | { case: undefined },
  what: string,
): Dimension {
  if (value.case === 'dimValue') return decodeInteger(value.value, what);
  return value.case === 'dimParam' && value.value !== '' ? value.value : null;
}

function claim<K, V>(map: Map<K, V>, key: K, value: V, what: string): void {
  if (map.has(key)) throw new InvalidModelError(`${what}: '${key}' occurs twice.`, { value: key });
  map.set(key, value);
}
