import { InvalidModelError, UnsupportedError } from '@entrgi/core';
import type { AttributeProto } from '../generated/onnx_pb.js';
import type { Attribute, InlineInitializer } from '../model/model.js';
import { attributeType } from './attribute-type.js';
import { decodeInteger, decodeText } from './decode-scalar.js';
import { decodeTensor } from './decode-tensor.js';

/**
 * An AttributeProto as plain data; of a subgraph, that it is one. Lists of graphs and sparse tensors are
 * refused with UnsupportedError.
 */
export function decodeAttribute(proto: AttributeProto, what: string): Attribute {
  refuseUnsupported(proto, what);
  if (proto.g.length > 0) return { kind: 'subgraph', value: null };
  switch (proto.type === 0 ? guessType(proto) : proto.type) {
    case attributeType.float:
      return { kind: 'float', value: proto.f };
    case attributeType.int:
      return { kind: 'int', value: decodeInteger(proto.i, what) };
    case attributeType.string:
      return { kind: 'string', value: decodeText(proto.s, what) };
    case attributeType.tensor:
      return { kind: 'tensor', value: decodeInline(proto, what) };
    case attributeType.floats:
      return { kind: 'floats', value: proto.floats };
    case attributeType.ints:
      return { kind: 'ints', value: proto.ints.map((value) => decodeInteger(value, what)) };
    case attributeType.strings:
      return { kind: 'strings', value: proto.strings.map((bytes) => decodeText(bytes, what)) };
    default:
      throw new InvalidModelError(`${what}: attributes of type ${proto.type} are not supported.`, {
        value: proto.type,
      });
  }
}

function refuseUnsupported(proto: AttributeProto, what: string): void {
  if (proto.refAttrName !== '') {
    throw new InvalidModelError(
      `${what}: attribute references exist only in functions, got '${proto.refAttrName}'.`,
    );
  }
  const others = proto.tensors.length + proto.tp.length + proto.typeProtos.length + proto.graphs.length;
  if (others + proto.sparseTensor.length + proto.sparseTensors.length > 0) {
    throw new UnsupportedError(
      `${what}: lists of tensors or graphs, types and sparse tensors are not supported.`,
    );
  }
}

/** Files of IR version 1 leave the type out: the field that is there tells. */
function guessType(proto: AttributeProto): number {
  const present = (Object.keys(attributeType) as (keyof typeof attributeType)[]).filter((kind) => {
    const field = {
      float: 'f',
      int: 'i',
      string: 's',
      tensor: 't',
      graph: 'g',
      floats: 'floats',
      ints: 'ints',
      strings: 'strings',
    }[kind] as keyof AttributeProto;
    const value = proto[field];
    return Object.hasOwn(proto, field) && value !== undefined && (!Array.isArray(value) || value.length > 0);
  });
  return present.length === 1 ? attributeType[present[0]!] : 0;
}

function decodeInline(proto: AttributeProto, what: string): InlineInitializer {
  if (proto.t === undefined) throw new InvalidModelError(`${what}: expected a tensor, got none.`);
  const tensor = decodeTensor(proto.t, what);
  if (tensor.external !== undefined) {
    throw new InvalidModelError(`${what}: tensors in attributes cannot be external data.`);
  }
  return tensor;
}
