import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { UnsupportedError } from '@entrgi/core';
import { checkModel } from '../gate/check-model.js';
import {
  type AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from '../generated/onnx_pb.js';
import type { Attribute, Graph, Initializer, Model, Node, ValueType } from '../model/model.js';
import { onnxType } from '../values/data-types.js';
import { attributeType } from './decode-attribute.js';

type Init<T extends Parameters<typeof create>[0]> = MessageInitShape<T>;

/** Serializes a model after checking it (see checkModel). Equal models give equal bytes. */
export function encodeModel(model: Model): Uint8Array {
  checkModel(model);
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    producerName: model.producer,
    opsetImport: [...model.opsets].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    metadataProps: [...model.metadata].map(([key, value]) => ({ key, value })),
    graph: encodeGraph(model.graph),
  });
  return toBinary(ModelProtoSchema, proto);
}

const encodeGraph = (graph: Graph): Init<typeof GraphProtoSchema> => ({
  name: graph.name,
  node: graph.nodes.map(encodeNode),
  initializer: [...graph.initializers].map(([name, tensor]) => encodeTensor(name, tensor)),
  input: [...graph.inputs].map(encodeValue),
  output: [...graph.outputs].map(encodeValue),
  valueInfo: [...graph.valueTypes].map(encodeValue),
});

const encodeNode = (node: Node): Init<typeof NodeProtoSchema> => ({
  opType: node.opType,
  domain: node.domain,
  name: node.name,
  input: [...node.inputs],
  output: [...node.outputs],
  attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
});

const text = new TextEncoder();

function encodeAttribute(name: string, attribute: Attribute): Init<typeof AttributeProtoSchema> {
  if (attribute.kind === 'subgraph') {
    throw new UnsupportedError(`Attribute '${name}': a subgraph that was not read cannot be written.`);
  }
  const common = { name, type: attributeType[attribute.kind] };
  switch (attribute.kind) {
    case 'int':
      return { ...common, i: BigInt(attribute.value) };
    case 'float':
      return { ...common, f: attribute.value };
    case 'string':
      return { ...common, s: text.encode(attribute.value) };
    case 'ints':
      return { ...common, ints: attribute.value.map(BigInt) };
    case 'floats':
      return { ...common, floats: [...attribute.value] };
    case 'strings':
      return { ...common, strings: attribute.value.map((value) => text.encode(value)) };
    case 'tensor':
      return { ...common, t: encodeTensor('', attribute.value) };
    case 'graph':
      return {
        ...common,
        g: toBinary(GraphProtoSchema, create(GraphProtoSchema, encodeGraph(attribute.value))),
      };
  }
}

function encodeTensor(name: string, tensor: Initializer): Init<typeof TensorProtoSchema> {
  const common = { name, dims: tensor.dims.map(BigInt), dataType: onnxType(tensor.type) };
  if (tensor.external !== undefined) {
    const { location, offset, length } = tensor.external;
    const entries = { location, offset: String(offset), length: String(length) };
    return {
      ...common,
      dataLocation: 1,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    };
  }
  if (tensor.type === 'string')
    return { ...common, stringData: tensor.data.map((value) => text.encode(value)) };
  const { buffer, byteOffset, byteLength } = tensor.data;
  return { ...common, rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) };
}

const encodeValue = ([name, { type, dims }]: readonly [string, ValueType]): Init<
  typeof ValueInfoProtoSchema
> => ({
  name,
  type: {
    value: {
      case: 'tensorType',
      value: {
        elemType: onnxType(type),
        ...(dims === undefined ? {} : { shape: { dim: dims.map(encodeDimension) } }),
      },
    },
  },
});

const encodeDimension = (size: number | string | null) => {
  if (size === null) return {};
  return typeof size === 'number'
    ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
    : { value: { case: 'dimParam' as const, value: size } };
};
