import { BinaryReader } from '@bufbuild/protobuf/wire';
import { EntrgiError, InvalidModelError } from '@entrgi/core';
import type { ModelProto } from '../generated/onnx_pb.js';
import { type Fields, readMessage } from './read-message.js';

// The messages of onnx.proto, of which the generated ones would bring a page 18 kB of protobuf, compressed.

const entry: Fields = { 1: ['key', 'string'], 2: ['value', 'string'] };

const tensor: Fields = {
  1: ['dims', 'int64', 'many'],
  2: ['dataType', 'int32'],
  3: ['segment', 'bytes'],
  4: ['floatData', 'float', 'many'],
  5: ['int32Data', 'int32', 'many'],
  6: ['stringData', 'bytes', 'many'],
  7: ['int64Data', 'int64', 'many'],
  8: ['name', 'string'],
  9: ['rawData', 'bytes'],
  10: ['doubleData', 'double', 'many'],
  11: ['uint64Data', 'uint64', 'many'],
  13: ['externalData', entry, 'many'],
  14: ['dataLocation', 'int32'],
};

const attribute: Fields = {
  1: ['name', 'string'],
  2: ['f', 'float'],
  3: ['i', 'int64'],
  4: ['s', 'bytes'],
  5: ['t', tensor],
  6: ['g', 'bytes'],
  7: ['floats', 'float', 'many'],
  8: ['ints', 'int64', 'many'],
  9: ['strings', 'bytes', 'many'],
  10: ['tensors', 'bytes', 'many'],
  11: ['graphs', 'bytes', 'many'],
  14: ['tp', 'bytes'],
  15: ['typeProtos', 'bytes', 'many'],
  20: ['type', 'int32'],
  21: ['refAttrName', 'string'],
  22: ['sparseTensor', 'bytes'],
  23: ['sparseTensors', 'bytes', 'many'],
};

const node: Fields = {
  1: ['input', 'string', 'many'],
  2: ['output', 'string', 'many'],
  3: ['name', 'string'],
  4: ['opType', 'string'],
  5: ['attribute', attribute, 'many'],
  7: ['domain', 'string'],
  8: ['overload', 'string'],
};

const dimension: Fields = {
  1: ['dimValue', 'int64', 'oneof value'],
  2: ['dimParam', 'string', 'oneof value'],
};

const tensorType: Fields = { 1: ['elemType', 'int32'], 2: ['shape', { 1: ['dim', dimension, 'many'] }] };

const type: Fields = {
  1: ['tensorType', tensorType, 'oneof value'],
  4: ['sequenceType', 'bytes', 'oneof value'],
  5: ['mapType', 'bytes', 'oneof value'],
  7: ['opaqueType', 'bytes', 'oneof value'],
  8: ['sparseTensorType', 'bytes', 'oneof value'],
  9: ['optionalType', 'bytes', 'oneof value'],
};

const value: Fields = { 1: ['name', 'string'], 2: ['type', type] };

const graph: Fields = {
  1: ['node', node, 'many'],
  2: ['name', 'string'],
  5: ['initializer', tensor, 'many'],
  11: ['input', value, 'many'],
  12: ['output', value, 'many'],
  13: ['valueInfo', value, 'many'],
  15: ['sparseInitializer', 'bytes', 'many'],
};

const model: Fields = {
  1: ['irVersion', 'int64'],
  2: ['producerName', 'string'],
  3: ['producerVersion', 'string'],
  7: ['graph', graph],
  8: ['opsetImport', { 1: ['domain', 'string'], 2: ['version', 'int64'] }, 'many'],
  14: ['metadataProps', entry, 'many'],
  20: ['trainingInfo', 'bytes', 'many'],
  25: ['functions', 'bytes', 'many'],
};

/**
 * The messages of a serialized model, unchecked; tensors share its bytes.
 * @throws InvalidModelError for bytes that are none
 */
export function parseModel(bytes: Uint8Array): ModelProto {
  try {
    return readMessage(new BinaryReader(bytes), model, bytes.length) as unknown as ModelProto;
  } catch (cause) {
    if (EntrgiError.isInstance(cause)) throw cause;
    throw new InvalidModelError(`The bytes are not an ONNX model: ${(cause as Error).message}.`, {
      cause,
      hint: 'The file may be truncated, or of another format.',
    });
  }
}
