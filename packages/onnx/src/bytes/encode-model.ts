import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { UnsupportedError } from '@entrgi/core';
import { checkModel } from '../gate/check-model.js';
import type { Attribute, Graph, Initializer, Model, Node, ValueType } from '../model/model.js';
import { onnxType } from '../values/data-types.js';
import { attributeType } from './attribute-type.js';

/**
 * Serializes a model after checking it (see checkModel). Equal models give equal bytes. Field numbers are
 * those of onnx.proto, written by hand: a page that reads no ONNX file does without the library's messages.
 */
export function encodeModel(model: Model): Uint8Array {
  checkModel(model);
  const to = new BinaryWriter();
  to.tag(1, WireType.Varint).int64(model.irVersion);
  text(to, 2, model.producer);
  within(to, 7, () => writeGraph(to, model.graph));
  for (const [domain, version] of model.opsets) {
    within(to, 8, () => {
      text(to, 1, domain);
      to.tag(2, WireType.Varint).int64(version);
    });
  }
  for (const [key, value] of model.metadata) within(to, 14, () => writeEntry(to, key, value));
  return to.finish();
}

/** A message in a field, or numbers one after the other. */
const within = (to: BinaryWriter, field: number, write: () => void): void => {
  to.tag(field, WireType.LengthDelimited).fork();
  write();
  to.join();
};

const text = (to: BinaryWriter, field: number, value: string): void => {
  to.tag(field, WireType.LengthDelimited).string(value);
};

const integers = (to: BinaryWriter, field: number, values: readonly number[]): void => {
  // Nothing is not written, as by every writer of the format.
  if (values.length === 0) return;
  within(to, field, () => {
    for (const value of values) to.int64(value);
  });
};

const writeEntry = (to: BinaryWriter, key: string, value: string): void => {
  text(to, 1, key);
  text(to, 2, value);
};

function writeGraph(to: BinaryWriter, graph: Graph): void {
  for (const node of graph.nodes) within(to, 1, () => writeNode(to, node));
  text(to, 2, graph.name);
  for (const [name, tensor] of graph.initializers) within(to, 5, () => writeTensor(to, name, tensor));
  for (const [name, type] of graph.inputs) within(to, 11, () => writeValue(to, name, type));
  for (const [name, type] of graph.outputs) within(to, 12, () => writeValue(to, name, type));
  for (const [name, type] of graph.valueTypes) within(to, 13, () => writeValue(to, name, type));
}

function writeNode(to: BinaryWriter, node: Node): void {
  for (const input of node.inputs) text(to, 1, input);
  for (const output of node.outputs) text(to, 2, output);
  text(to, 3, node.name);
  text(to, 4, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    within(to, 5, () => writeAttribute(to, name, attribute));
  }
  text(to, 7, node.domain);
}

function writeAttribute(to: BinaryWriter, name: string, attribute: Attribute): void {
  if (attribute.kind === 'subgraph') {
    throw new UnsupportedError(`Attribute '${name}': a subgraph that was not read cannot be written.`);
  }
  text(to, 1, name);
  switch (attribute.kind) {
    case 'float':
      to.tag(2, WireType.Bit32).float(attribute.value);
      break;
    case 'int':
      to.tag(3, WireType.Varint).int64(attribute.value);
      break;
    case 'string':
      text(to, 4, attribute.value);
      break;
    case 'tensor':
      within(to, 5, () => writeTensor(to, '', attribute.value));
      break;
    case 'graph':
      within(to, 6, () => writeGraph(to, attribute.value));
      break;
    case 'floats':
      if (attribute.value.length > 0) {
        within(to, 7, () => {
          for (const value of attribute.value) to.float(value);
        });
      }
      break;
    case 'ints':
      integers(to, 8, attribute.value);
      break;
    case 'strings':
      for (const value of attribute.value) text(to, 9, value);
      break;
  }
  to.tag(20, WireType.Varint).int32(attributeType[attribute.kind]);
}

function writeTensor(to: BinaryWriter, name: string, tensor: Initializer): void {
  integers(to, 1, tensor.dims);
  to.tag(2, WireType.Varint).int32(onnxType(tensor.type));
  if (tensor.type === 'string' && tensor.external === undefined) {
    for (const value of tensor.data) text(to, 6, value);
  }
  text(to, 8, name);
  if (tensor.external !== undefined) {
    const { location, offset, length } = tensor.external;
    const entries = { location, offset: String(offset), length: String(length) };
    for (const [key, value] of Object.entries(entries)) within(to, 13, () => writeEntry(to, key, value));
    to.tag(14, WireType.Varint).int32(1);
  } else if (tensor.type !== 'string') {
    const { buffer, byteOffset, byteLength } = tensor.data;
    to.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(buffer, byteOffset, byteLength));
  }
}

function writeValue(to: BinaryWriter, name: string, { type, dims }: ValueType): void {
  text(to, 1, name);
  // A type, which is that of a tensor.
  within(to, 2, () =>
    within(to, 1, () => {
      to.tag(1, WireType.Varint).int32(onnxType(type));
      if (dims === undefined) return;
      within(to, 2, () => {
        for (const size of dims) within(to, 1, () => writeDimension(to, size));
      });
    }),
  );
}

const writeDimension = (to: BinaryWriter, size: number | string | null): void => {
  if (typeof size === 'number') to.tag(1, WireType.Varint).int64(size);
  else if (size !== null) text(to, 2, size);
};
